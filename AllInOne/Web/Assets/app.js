import { startFaults } from "./faults.js";
import { startFlow } from "./flow.js";
import { startGenerator } from "./generator.js";
import { startQuery } from "./query.js";
import { startTail } from "./tail.js";

// Where the store runs alone there is no flow to show and no generator to steer: the page is then one to search.
const response = await fetch("/api/flow", { cache: "no-store" });
document.body.dataset.parts = response.status === 404 ? "store" : "all";
if (response.status !== 404) {
  startFlow();
  startGenerator();
  startFaults();
}

startTail();
startQuery();
