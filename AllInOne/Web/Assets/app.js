import { startFlow } from "./flow.js";
import { startGenerator } from "./generator.js";
import { startQuery } from "./query.js";
import { startTail } from "./tail.js";

startFlow();
startGenerator();
startTail();
startQuery();
