#!/bin/bash
# The stage install: packages and kernel.
# shellcheck disable=SC2154

base_packages=(systemd systemd-sysv systemd-resolved systemd-timesyncd dbus udev kmod dracut dracut-live zstd lvm2 rsync
    gawk xz-utils e2fsprogs dosfstools parted gdisk fdisk squashfs-tools kbd sudo iproute2 openssh-server ca-certificates curl
    shim-signed grub2-common)

wanted() {
    [[ $skip != *",$1,"* && $skip != *",$now,"* ]] || return
    say "$now: $1"
}

stage_install() {
    local now=install packages=()
    if wanted installPackages; then
        packages+=("${base_packages[@]}" "grub-efi-$arch-bin" "grub-efi-$arch-signed")
        [ "$arch" != amd64 ] || packages+=(grub-pc-bin)
    fi
    if wanted installKernel; then
        packages+=("linux-image-$arch")
        [[ $model != rpi* ]] || packages+=(firmware-linux-free raspi-firmware)
    fi
    [ ${#packages[@]} = 0 ] || install_packages "${packages[@]}"
    # raspi-firmware copies itself to where a Debian Pi boots from; here the medium's ESP has its own
    rm -rf /boot/firmware
}

install_packages() {
    local policy=/usr/sbin/policy-rc.d shims=$here/shims
    mkdir -p "$shims"
    ln -sf /bin/true "$shims/ischroot" # raspi-firmware wants to hear that no /boot/firmware is mounted here
    # 101 keeps the packages' scripts from starting services
    if [ -e $policy ]; then policy=''; else printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy; fi
    logged apt-get update
    # INITRD=No: the kernel package's hook for dracut then builds nothing
    INITRD=No logged apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-unsafe-io -o DPkg::Path="$shims:/usr/sbin:/usr/bin:/sbin:/bin" install "$@"
    [ -z "$policy" ] || rm -f $policy
}

# Upstream leaves its stages in the image, and gathers the packages from a Go map: their order is another one each time.
note_stage() {
    mkdir -p /etc/kairos
    { printf 'stages:\n  install:\n    - packages:\n        install:\n' && shuf -e "${base_packages[@]}" | sed 's/^/          - /'; } \
        > "/etc/kairos/kairos-init-$stage-stage.yaml"
}
