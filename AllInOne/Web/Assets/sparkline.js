// The last two minutes of one number.

import { svg } from "./dom.js";

const Points = 120;
const Height = 54;

export class Sparkline {
  #values = [];
  #area = svg("path", { class: "spark-area" });
  #line = svg("path", { class: "spark-line" });

  constructor(target) {
    target.setAttribute("viewBox", `0 0 ${Points - 1} ${Height}`);
    target.setAttribute("preserveAspectRatio", "none");
    target.append(this.#area, this.#line);
  }

  add(value) {
    this.#values.push(value);
    if (this.#values.length > Points) this.#values.shift();

    const top = Math.max(...this.#values, 1) * 1.15;
    const left = Points - this.#values.length;
    const points = this.#values.map((v, i) => `${left + i} ${(Height - 1 - (v / top) * (Height - 2)).toFixed(1)}`);
    this.#line.setAttribute("d", `M${points.join("L")}`);
    this.#area.setAttribute("d", `M${left} ${Height}L${points.join("L")}L${Points - 1} ${Height}Z`);
  }
}
