// The program that the browser runs. It leaves a promise of its checks in `globalThis.checks`.
import { runChecks } from "./checks.js";

const violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(`${event.effectiveDirective} forbids ${event.blockedURI}`);
});
globalThis.checks = runChecks(violations);
