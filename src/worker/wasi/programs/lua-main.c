// The interpreter of Lua as a command: lua SCRIPT ARGUMENTS. An error ends the program, for WASI has no jump out of functions.
#include <stdio.h>
#include <stdlib.h>
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

void lua_failed(lua_State *L) {
  fprintf(stderr, "lua: %s\n", lua_tostring(L, -1));
  exit(1);
}

FILE *tmpfile(void) { return NULL; }

int main(int argc, char **argv) {
  static const luaL_Reg libraries[] = {{"_G", luaopen_base},      {"table", luaopen_table}, {"string", luaopen_string},
                                       {"math", luaopen_math},    {"utf8", luaopen_utf8},   {"io", luaopen_io}};
  lua_State *L = luaL_newstate();
  for (int i = 0; i < 6; i += 1) {
    luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
    lua_pop(L, 1);
  }
  lua_createtable(L, argc, 0);
  for (int i = 1; i < argc; i += 1) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  if (argc < 2 || luaL_loadfile(L, argv[1]) != LUA_OK) lua_failed(L);
  lua_pcall(L, 0, 0, 0);
  return 0;
}
