#!/bin/sh
# Registers qemu for arm64 programs with the kernel, unless something has done so. F: the interpreter
# is opened now, so that it works inside a chroot that does not contain it.
set -eu
dir=/proc/sys/fs/binfmt_misc
[ -e $dir/register ] || mount -t binfmt_misc binfmt_misc $dir
arch-test arm64 > /dev/null 2>&1 && exit
[ -e $dir/qemu-aarch64 ] && echo -1 > $dir/qemu-aarch64
cat /usr/lib/binfmt.d/qemu-aarch64.conf > $dir/register
arch-test arm64 > /dev/null
