import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { PACKAGES_STEP } from "../plan/failed-step.js";
import type { Head } from "../plan/head.js";
import { base } from "./base.js";
import { SCRIPTS, scriptText, withScripts } from "./scripts.js";

/**
 * kairos-init wants a version at each stage. This one is for every node and version, and the role's layer stamps the
 * real one: so a release does not fetch the kernel again.
 */
const HEAVY_VERSION = "v0.0.0";

const KAIROS_INIT = "/kairos-init";

/** Where kairos-init lays what Kairos does at each boot. */
const CLOUD_CONFIGS = "/system/oem";

/** What asks for passwords. */
const PAM = "/etc/pam.d";

/** dracut reads these files in the order of `sort -V`, and the last one wins: upstream's are 99-immucore.conf and kairos-*. */
export const DRACUT_CONF = "/etc/dracut.conf.d/zz-hegemonikon.conf";

/**
 * Everything below the role, from slow and shared to quick and particular: Kairos' packages and kernel (shared by every
 * node with the base and model), the node's packages, then the initrd, for which all packages must be there.
 *
 * kairos-init is not given a Kubernetes provider: it would fetch the latest binary from the network, whereas ours is
 * pinned in sources.yaml; and its agent-provider-kairos would bootstrap k0s a second time, beside the role's own unit.
 */
export function head(plan: Head): Container {
  const kairosInit = dag
    .container({ platform: plan.platform as Platform })
    .from(plan.kairosInit.address)
    .file(KAIROS_INIT);
  const stage = (name: string) => [
    KAIROS_INIT,
    "-s",
    name,
    "-l",
    // At this level only it shows what apt said, once apt has ended; an error without that is "exit status 100".
    "debug",
    "-m",
    plan.model,
    "-t",
    "false",
    "-v",
    HEAVY_VERSION,
  ];
  let container = base(plan).withMountedFile(KAIROS_INIT, kairosInit);
  container = withScripts(container, import.meta.url, "step", "clean").withExec([
    `${SCRIPTS}/step.sh`,
    "Kairos: its packages and the kernel (apt says nothing for minutes)",
    ...stage("install"),
  ]);
  if (plan.packages.length > 0) {
    container = withScripts(container, import.meta.url, "step", "clean", "install-packages").withExec([
      `${SCRIPTS}/step.sh`,
      PACKAGES_STEP,
      `${SCRIPTS}/install-packages.sh`,
      ...plan.packages,
    ]);
  }
  const dracut = dag.directory().withNewFile("dracut.conf", scriptText(import.meta.url, "scripts/dracut.conf"));
  container = withScripts(container, import.meta.url, "step", "clean")
    .withMountedFile(DRACUT_CONF, dracut.file("dracut.conf"))
    .withExec([`${SCRIPTS}/step.sh`, "Kairos: services and the initrd", ...stage("init")])
    .withoutMount(DRACUT_CONF);
  return withScripts(container, import.meta.url, "step", "clean", "no-known-passwords")
    .withExec([
      `${SCRIPTS}/step.sh`,
      "Kairos: no password that everybody knows",
      `${SCRIPTS}/no-known-passwords.sh`,
      CLOUD_CONFIGS,
      PAM,
    ])
    .withExec([`${SCRIPTS}/step.sh`, "Kairos: its own validation", KAIROS_INIT, "validate"])
    .withoutMount(KAIROS_INIT)
    .withoutMount(SCRIPTS);
}
