#!/bin/bash
# The stage init: what makes the image Kairos's, and the initrd.
# shellcheck disable=SC2034,SC2154

stage_init() {
    local now=init k
    ! wanted kairosBinaries || install -m 755 "$here/bin/immucore" "$here/bin/kairos-agent" /usr/bin/
    ! wanted providerBinaries || say "the provider's binary is the node's own affair"
    if wanted cloudconfigs; then
        copy system etc/sudoers.d
        mkdir -p /oem /usr/local
        groupadd -f -r admin
    fi
    ! wanted grub || { copy etc/cos usr/lib/kairos-standin && ln -sf grub-editenv /usr/bin/grub2-editenv; }
    ! wanted initramfsConfigs || copy etc/dracut.conf.d usr/lib/dracut
    ! wanted services || enable_services
    ! wanted kairosRelease || write_release
    k=$(kernel_of)
    [ -n "$k" ] || die 'no kernel in /usr/lib/modules'
    ! wanted kernel || ln -sf "/boot/vmlinuz-$k" /boot/vmlinuz
    if wanted initrd; then
        rm -f /boot/initrd* /boot/initramfs* /initrd.img* /vmlinuz*
        depmod -a "$k"
        logged dracut -q -f /boot/initrd "$k"
    fi
    ! wanted cleanup || "$BASH" "$here/cleanup.sh"
}

enable_services() {
    local unit target
    copy usr/lib/systemd
    # links in /usr, not /etc/systemd: that one is kept across upgrades
    while read -r unit target; do
        mkdir -p "/usr/lib/systemd/system/$target.wants"
        ln -sf "../$unit" "/usr/lib/systemd/system/$target.wants/$unit"
    done < "$here/files/enabled"
    systemctl -q set-default multi-user.target
    systemctl -q enable ssh.service systemd-networkd.service systemd-resolved.service systemd-timesyncd.service
    systemctl -q mask systemd-firstboot.service systemd-machine-id-commit.service
}

write_release() {
    local kind=core k8s=()
    [ -z "$provider" ] || { kind=standard && k8s=(SOFTWARE_VERSION "$k8s_version" SOFTWARE_VERSION_PREFIX "$provider"); }
    printf 'KAIROS_%s="%s"\n' ID kairos NAME "kairos-$kind-debian-12" VERSION "$version" RELEASE "$version" ARCH "$arch" \
        TARGETARCH "$arch" FLAVOR debian FLAVOR_RELEASE 12 FAMILY debian MODEL "$model" VARIANT "$kind" FIPS false \
        TRUSTED_BOOT false INIT_VERSION "$standin_for-standin" "${k8s[@]}" > /etc/kairos-release
}
