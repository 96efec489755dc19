// Draws the charts of the insights. All of their numbers are in the tables, too, which is what there is without a script.
(() => {
  const { digits, symbol, charts } = JSON.parse(document.getElementById("khalti-charts").textContent);
  const drawn = [];

  // As money.py writes: the last three digits, then pairs; in the digits of the language.
  const written = (number) => {
    const grouped = String(Math.round(number)).replace(/(\d)(?=(\d\d)+\d$)/g, "$1,");
    return grouped.replace(/\d/g, (digit) => digits[digit]);
  };
  const rupees = (paisa) => `${symbol}\u00a0${written(paisa / 100)}`;

  // What --w-color-… is right now, by day or by night. A canvas can't read var(), an element can.
  const colour = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--w-color-${name})`;
    document.querySelector(".khalti-insights").append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const palette = () => ({
    text: colour("text-label"),
    meta: colour("text-meta"),
    line: colour("border-furniture"),
    page: colour("surface-page"),
    main: colour("text-link-default"),
    other: colour("text-error"),
  });

  // Stripes, so that no two areas differ by their colour alone.
  const striped = (ink, paper) => {
    const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const pen = tile.getContext("2d");
    pen.fillStyle = paper;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const start of [-8, 0, 8]) {
      pen.moveTo(start, 8);
      pen.lineTo(start + 8, 0);
    }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  };

  // What is a part of something stands before it, and is narrower.
  const bar = (ink, fill, { isPart = false } = {}) => ({
    type: "bar", backgroundColor: fill, borderColor: ink, borderWidth: 1, pointStyle: "rect", grouped: false,
    maxBarThickness: 48, barPercentage: isPart ? 0.5 : 0.9, order: isPart ? 2 : 3,
  });
  const marks = (ink, paper, pointStyle) => ({
    type: "line", showLine: false, borderColor: ink, backgroundColor: paper, borderWidth: 2, pointStyle, pointRadius: 5, order: 1,
  });
  const looks = ({ text, page, main, other }) => ({
    in: bar(main, main),
    refunded: bar(other, striped(other, page), { isPart: true }),
    net: marks(text, page, "triangle"),
    started: bar(main, striped(main, page)),
    paid: bar(main, main, { isPart: true }),
    stages: bar(main, main),
  });

  // The number beside each bar of the funnel.
  const beside = {
    id: "beside",
    afterDatasetsDraw: (chart) => {
      const pen = chart.ctx;
      const { texts } = chart.data.datasets[0];
      pen.save();
      pen.fillStyle = chart.options.color;
      pen.font = `600 14px ${Chart.defaults.font.family}`;
      pen.textBaseline = "middle";
      chart.getDatasetMeta(0).data.forEach((shape, index) => pen.fillText(texts[index], shape.x + 8, shape.y));
      pen.restore();
    },
  };

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const options = (data, colours, isFunnel) => {
    const values = { beginAtZero: true, grid: { color: colours.line }, border: { color: colours.line } };
    const names = { grid: { display: false }, border: { color: colours.line } };
    values.ticks = { color: colours.meta, precision: 0, maxTicksLimit: 6, callback: data.is_money ? rupees : written };
    names.ticks = { color: isFunnel ? colours.text : colours.meta, maxRotation: 60, autoSkipPadding: 12 };
    const axes = isFunnel ? { x: { ...values, display: false, grace: "20%" }, y: names } : { x: names, y: values };
    return {
      animation: still.matches ? false : { duration: 300 },
      color: colours.text,
      indexAxis: isFunnel ? "y" : "x",
      interaction: { mode: "index", axis: isFunnel ? "y" : "x", intersect: false },
      maintainAspectRatio: false,
      scales: axes,
      plugins: {
        legend: { display: !isFunnel, labels: { usePointStyle: true, color: colours.text, boxHeight: 9, sort: (one, other) => one.datasetIndex - other.datasetIndex } },
        tooltip: {
          callbacks: {
            title: ([first]) => data.titles[first.dataIndex],
            label: ({ dataset, dataIndex }) => ` ${dataset.label}: ${dataset.texts[dataIndex]}`,
          },
        },
      },
    };
  };

  const draw = (canvas) => {
    const data = charts[canvas.dataset.khaltiChart];
    const colours = palette();
    const isFunnel = canvas.dataset.khaltiChart === "funnel";
    const look = looks(colours);
    const datasets = data.series.map(({ key, name, values, texts }) => ({ ...look[key], label: name, data: values, texts }));
    canvas.closest("figure").hidden = false;
    drawn.push(new Chart(canvas, {
      type: "bar",
      data: { labels: data.labels, datasets },
      options: options(data, colours, isFunnel),
      plugins: isFunnel ? [beside] : [],
    }));
  };

  const drawAll = () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn.splice(0).forEach((chart) => chart.destroy());
    document.querySelectorAll("[data-khalti-chart]").forEach(draw);
  };
  drawAll();

  // By night other colours, whether the system changes them or the user does.
  const again = () => requestAnimationFrame(drawAll);
  for (const wish of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(wish).addEventListener("change", again);
  }
  still.addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["class"] });
  const resize = () => drawn.forEach((chart) => chart.resize());
  addEventListener("beforeprint", resize);
  addEventListener("afterprint", resize);
})();
