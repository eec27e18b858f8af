/**
 * Names of partitions, as the kernel and udev give them. kairos-agent refuses none of these (v2.31.4, pkg/config/spec.go): it writes a
 * partition table into it, which destroys what is there, and ends when the kernel does not read one from it (elemental.go).
 */
const PARTITION = /^\/dev\/(disk\/by-.*-part\d+|(sd|vd|xvd|hd)[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+|nbd\d+|loop\d+)p\d+)$/;

/** Whether a name in /dev is a partition's, so that nothing can be installed there. */
export const isPartition = (name: string): boolean => PARTITION.test(name);
