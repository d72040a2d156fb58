#!/bin/sh
# Makes a container around itself and becomes its process 1. Runs as root, already in the
# container's namespaces but still on the machine's file tree; $1 is the server's folder. Its output
# is the server's console; what goes wrong here goes to setup.log.
set -eu
cd "$1"
exec 2>>setup.log 8>started

# A folder of the image that is no link to somewhere else.
folder() {
  [ ! -L "$1" ] || { echo "the image's /${1#root/} is a link" >&2; exit 1; }
  [ -d "$1" ] || mkdir "$1"
}

# A file that the driver fills, instead of whatever the image or its user had there.
file() {
  if [ -f "config/$1" ]; then
    rm -rf "$2"
    cp "config/$1" "$2"
    chmod "$3" "$2"
  fi
}

mount --make-rprivate /
# Devices come from below only, never from an image.
mount -t overlay -o nodev,lowerdir=lower,upperdir=upper,workdir=work overlay root
for it in dev etc proc root run sys tmp; do folder "root/$it"; done
chmod 1777 root/tmp
[ -x root/sbin/init ] || [ -L root/sbin/init ] || { echo "the image has no program /sbin/init" >&2; exit 1; }
file hostname root/etc/hostname 644
file hosts root/etc/hosts 644
file resolv.conf root/etc/resolv.conf 644
hostname -F config/hostname
if [ -f config/authorized_keys ]; then
  folder root/root/.ssh
  chmod 700 root/root/.ssh
  file authorized_keys root/root/.ssh/authorized_keys 600
fi

mount -t tmpfs -o nosuid,nodev,noexec,size=16m,mode=755 tmpfs root/run
mkdir root/run/agrippa root/run/machine
mount --bind config root/run/agrippa
mount -o remount,bind,ro,nosuid,nodev,noexec root/run/agrippa

mount -t proc -o nosuid,nodev,noexec proc root/proc
for it in sys bus fs irq sysrq-trigger; do
  if [ -e "root/proc/$it" ]; then
    mount --bind "root/proc/$it" "root/proc/$it"
    mount -o remount,bind,ro,nosuid,nodev,noexec "root/proc/$it"
  fi
done
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs root/sys

mount -t tmpfs -o nosuid,noexec,size=64k,mode=755 tmpfs root/dev
for it in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<X
$it
X
  mknod -m 666 "root/dev/$name" c "$major" "$minor"
done
mkdir root/dev/pts root/dev/shm
mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=666,mode=620,gid=5 devpts root/dev/pts
mount -t tmpfs -o nosuid,nodev,size=16m,mode=1777 tmpfs root/dev/shm
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd
ln -s /proc/self/fd/0 root/dev/stdin
ln -s /proc/self/fd/1 root/dev/stdout
ln -s /proc/self/fd/2 root/dev/stderr

# Where the machine's devices, processes and kernel would be seen.
for it in proc/acpi proc/scsi proc/driver sys/firmware sys/kernel sys/fs sys/module sys/block \
  sys/bus sys/dev sys/devices/virtual/block; do
  [ ! -d "root/$it" ] || mount -t tmpfs -o ro,nosuid,nodev,noexec,size=4k tmpfs "root/$it"
done
for it in kcore keys key-users timer_list sched_debug kallsyms kmsg kpagecount kpageflags \
  kpagecgroup latency_stats slabinfo vmallocinfo swaps partitions diskstats; do
  [ ! -e "root/proc/$it" ] || mount --bind root/dev/null "root/proc/$it"
done

# What marks this process, for whoever looks after it: its number and start as the machine counts
# them, the machine's run, and the namespace of mounts.
read -r process < /proc/self/stat
{ echo "$process"; cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/mnt; } > process.draft
mv process.draft process

# The last steps need a program that is linked statically: any other would load libraries of the
# image, with rights that the image must not have.
touch root/run/busybox
mount --bind "$(command -v busybox)" root/run/busybox
mount -o remount,bind,ro,nosuid,nodev root/run/busybox
ulimit -c 0

cd root
pivot_root . run/machine
# The bounding set has lost most capabilities already; with the inherited ones the last go.
exec /run/busybox sh -c '
  cd /
  /run/busybox umount -l /run/machine || exit 1
  /run/busybox rmdir /run/machine
  echo up >&8
  exec 2>&1 8>&-
  exec /run/busybox env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/ TERM=linux /run/busybox setpriv --nnp --inh-caps -cap_21,-cap_27 /sbin/init'
