import { assertionCommandKnown } from "./rules/assertion-command-known.js";
import { mediumWithinImage } from "./rules/budgets.js";
import { notEmpty, unitSection } from "./rules/contents.js";
import { filesExist, noOrphans, unitInstallSection } from "./rules/files.js";
import { installDeviceAuto } from "./rules/install-device-auto.js";
import { agentConfigNotRead, k0sNeedsUnit } from "./rules/k0s.js";
import { lineEnds, scriptLineEnds } from "./rules/line-ends.js";
import { mediumFits } from "./rules/medium-fits.js";
import { nameIsFolder } from "./rules/name-is-folder.js";
import { fileMode, notUnderUsrLocal, staleAfterUpgrade, unitsInUsrLib, vanishesAtBoot } from "./rules/placement.js";
import { noDuplicates, sourceKnown } from "./rules/references.js";
import { rpiNeedsEfiStub } from "./rules/rpi-needs-efi-stub.js";
import type { Rule } from "./rules/rule.js";
import { treeOfItsOwn } from "./rules/trees.js";
import { upgradesFit } from "./rules/upgrades-fit.js";
import { hasAUser, noDefaultPassword } from "./rules/users.js";

/** Every rule about one node that needs more than a schema. A new rule is a file in rules/ and a line here. */
export const RULES: readonly Rule[] = [
  nameIsFolder,
  sourceKnown,
  noDuplicates,
  mediumFits,
  rpiNeedsEfiStub,
  notUnderUsrLocal,
  vanishesAtBoot,
  staleAfterUpgrade,
  treeOfItsOwn,
  unitsInUsrLib,
  fileMode,
  filesExist,
  noOrphans,
  notEmpty,
  scriptLineEnds,
  lineEnds,
  unitSection,
  unitInstallSection,
  k0sNeedsUnit,
  agentConfigNotRead,
  hasAUser,
  noDefaultPassword,
  installDeviceAuto,
  mediumWithinImage,
  upgradesFit,
  assertionCommandKnown,
];
