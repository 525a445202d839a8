#!/bin/sh
# Builds the programs of this folder on Debian 12: build.sh LUA_SOURCE, which is the folder that `apt-get source lua5.4` made.
# Needs: apt-get install clang lld wasi-libc libclang-rt-dev-wasm32 rustc libstd-rust-dev-wasm32
set -e
cd "$(dirname "$0")"
c="clang --target=wasm32-wasi -Oz -Wl,--strip-all"
$c survey.c -o survey.wasm
/usr/bin/rustc --target wasm32-wasi -C opt-level=z -C panic=abort -C strip=symbols -C lto words.rs -o words.wasm

# The interpreter of Lua (MIT licence) without what WASI has not: processes, temporary names, signals, and jumps out of functions.
lua="$1/src"
headers=$(mktemp -d)
touch "$headers/setjmp.h" "$headers/signal.h"
files=""
for name in lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring ltable ltm lundump lvm \
  lzio lauxlib lbaselib ltablib lstrlib lmathlib lutf8lib liolib; do files="$files $lua/$name.c"; done
$c -I "$headers" -I "$lua" -Dl_signalT=int -Dluai_jmpbuf=int '-DLUAI_THROW(L,c)=lua_failed(L)' '-DLUAI_TRY(L,c,a)={a}' \
  -w -D_WASI_EMULATED_PROCESS_CLOCKS -include lua-host.h $files lua-main.c -lwasi-emulated-process-clocks -o lua.wasm
rm -r "$headers"
chmod 644 ./*.wasm
