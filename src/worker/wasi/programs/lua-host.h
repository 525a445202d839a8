// What the files of Lua find in the place of what WASI has not.
#include <stddef.h>
typedef int sig_atomic_t;
struct lua_State;
_Noreturn void lua_failed(struct lua_State *L);
