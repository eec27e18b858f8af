#!/bin/sh
# Copies an ISO and makes the copy install unasked, to the only disk of a virtual machine. Usage: make-unattended.sh ISO COPY MORE
# MORE is what its cloud-config has besides; the installer carries it to the disk.
# The image's own defaults in /etc/kairos come after the medium's config.yaml, and the kernel's command line after both.
# The installer writes to a screen; what it logs, and how its unit ended, goes to the serial line as well.
set -eu
iso=$1 copy=$2 more=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/config.yaml" << 'END'
#cloud-config
install:
  auto: true
  device: /dev/vda
  reboot: true
  nousers: true
END
cat "$more" >> "$work/config.yaml"
chmod 644 "$work/config.yaml"
options="install.auto=true install.device=/dev/vda install.reboot=true console=ttyS0 systemd.journald.forward_to_console=1"
set -- -map "$work/config.yaml" /config.yaml
for menu in /boot/grub2/grub.cfg /boot/grub/grub.cfg; do
    xorriso -osirrox on -indev "$iso" -extract "$menu" "$work/menu" 2> /dev/null || continue
    chmod 644 "$work/menu"
    grep -q '^ *linux .*install-mode' "$work/menu" || continue
    sed "s|^ *linux .*|& $options|" "$work/menu" > "$work/$#.cfg"
    set -- "$@" -map "$work/$#.cfg" "$menu"
done
[ $# -gt 3 ] || {
    echo "make-unattended: $iso has no GRUB menu entry with install-mode; looked in /boot/grub2/grub.cfg and /boot/grub/grub.cfg" >&2
    exit 1
}
cp "$iso" "$copy"
xorriso -dev "$copy" -boot_image any keep "$@" 2> "$work/log" || {
    cat "$work/log" >&2
    exit 1
}
