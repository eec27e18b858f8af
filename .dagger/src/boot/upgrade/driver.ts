import { readFileSync } from "node:fs";
import { stringify } from "yaml";

/** The virtio-serial port over which the host names the image to upgrade to. */
export const UPGRADE_PORT = "hegemonikon.upgrade";

const text = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url), "utf8");
const unit = "/etc/systemd/system/hegemonikon-upgrade.service";

/**
 * The stages that the unattended medium carries to /oem of the test's disk: at each boot they put a service there that
 * upgrades when the host says so. It is in no image, and without the port it does nothing.
 */
export function driverStages(): string {
  const files = [
    { path: unit, permissions: 0o644, content: text("drive.service") },
    { path: "/etc/hegemonikon-upgrade/drive", permissions: 0o755, content: text("drive") },
    { path: "/etc/hegemonikon-upgrade/patience", permissions: 0o755, content: text("patience") },
    ...["role-gate.service", "role-gate-await.service"].map((name) => ({
      path: `/etc/systemd/system/${name}.d/50-patience.conf`,
      permissions: 0o644,
      content: text("patience.conf"),
    })),
  ];
  const wants = "/etc/systemd/system/multi-user.target.wants";
  const step = {
    name: "Upgrade when the host of this virtual machine says so",
    files,
    commands: [`mkdir -p ${wants}`, `ln -sf ${unit} ${wants}/hegemonikon-upgrade.service`],
  };
  return stringify({ stages: { initramfs: [step] } });
}
