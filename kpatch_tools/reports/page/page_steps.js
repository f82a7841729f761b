"use strict";
/* global make: of page.js, which stands before this in the one script */
/* Interleavings step by step: the current row, what it tells, and the memory after it. */
(() => {
	const words = (element) => element.textContent.replace(/\s+/g, " ").trim();

	/* [name, value after, value before] of each change of a row: "name: before -> after" */
	const changes = (row) => [...row.querySelectorAll(".change")].flatMap((change) => {
		const value = change.querySelector("b");
		if (!value) return [];
		const said = change.firstChild.data;
		const split = said.indexOf(": ");
		return [[said.slice(0, split), value.textContent, said.slice(split + 2, -3)]];
	});

	const prepare = (walk) => {
		const table = walk.querySelector(".steps");
		const rows = [...table.tBodies[0].rows];
		const bar = make("div", "", { class: "bar", role: "group", "aria-label": "Go through the steps" });
		const count = make("span", "", { class: "count" });
		const told = make("output", "", { class: "unseen", "aria-live": "polite" });
		const memory = make("details", "", { class: "memory" });
		const title = make("summary", "");
		const list = make("dl", "", { tabindex: "0", "aria-label": "Shared memory" });
		memory.append(title, list);
		memory.open = true;
		let at = -1;

		const remember = () => {
			const values = new Map();
			for (const row of rows) for (const [name, , old] of changes(row)) if (!values.has(name)) values.set(name, old);
			for (const row of rows.slice(0, at + 1)) for (const [name, value] of changes(row)) values.set(name, value);
			const now = new Set(changes(rows[at]).map(([name]) => name));
			title.textContent = `Shared memory after step ${at + 1}`;
			list.replaceChildren(...[...values].sort().map(([name, value]) => {
				const row = make("div", "");
				if (now.has(name)) row.className = "changed";
				row.append(make("dt", name), make("dd", value));
				return row;
			}));
		};
		/* The function that the thread of a step is in: told where it was entered. */
		const inside = (to) => {
			const column = rows[to].querySelector(".on").cellIndex;
			for (let above = to; above >= 0; above--) {
				const entered = rows[above].cells[column].querySelector(".function");
				if (entered) return words(entered);
			}
			return "";
		};
		const tell = () => {
			const row = rows[at];
			const [doing, effect] = [row.querySelector(".on"), row.querySelector(".effect")];
			const parts = [words(doing), ...[...effect.children].map(words)];
			if (!doing.querySelector(".function")) parts.unshift(inside(at));
			count.textContent = `step ${at + 1} of ${rows.length} \u00b7 ${row.dataset.thread}`;
			told.textContent = [`step ${at + 1} of ${rows.length}`, row.dataset.thread, ...parts].join("; ");
		};
		const go = (to) => {
			const next = Math.max(0, Math.min(rows.length - 1, to));
			if (at >= 0) rows[at].removeAttribute("aria-current");
			at = next;
			rows[at].setAttribute("aria-current", "step");
			remember();
			keep(rows[at]);
			tell();
			for (const button of bar.querySelectorAll("button")) {
				button.disabled = button.dataset.end === "first" ? at === 0 : at === rows.length - 1;
			}
		};
		const frame = table.parentElement;
		/* The row in the middle of its frame; the page itself stays where it is. */
		const keep = (row) => {
			const [inner, outer] = [row.getBoundingClientRect(), frame.getBoundingClientRect()];
			const off = inner.top + inner.height / 2 - outer.top - frame.clientHeight / 2;
			if (frame.scrollHeight > frame.clientHeight) frame.scrollTop += off;
		};
		const turn = (by) => {
			for (let to = at + by; to >= 0 && to < rows.length; to += by) {
				const row = rows[by > 0 ? to : to + 1];
				if (row && row.matches(".switch") && (by > 0 || to + 1 !== at)) return by > 0 ? to : to + 1;
			}
			return by > 0 ? rows.length - 1 : 0;
		};
		const moves = {
			ArrowDown: () => at + 1, j: () => at + 1,
			ArrowUp: () => at - 1, k: () => at - 1,
			Home: () => 0, End: () => rows.length - 1,
			"]": () => turn(1), "[": () => turn(-1),
		};
		const buttons = [
			["First", "Home", "first"], ["Previous", "ArrowUp", "first"], ["Next", "ArrowDown", "last"],
			["Next switch", "]", "last"], ["Last", "End", "last"],
		];
		for (const [name, key, end] of buttons) {
			const button = make("button", name, { type: "button", "data-end": end });
			button.addEventListener("click", () => go(moves[key]()));
			bar.append(button);
		}
		bar.append(count, told);
		walk.addEventListener("keydown", (event) => {
			if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
			const move = moves[event.key];
			if (!move) return;
			event.preventDefault();
			go(move());
		});
		table.addEventListener("click", (event) => {
			const row = event.target.closest("tbody tr");
			if (row && !event.target.closest("a")) go(rows.indexOf(row));
		});
		walk.prepend(bar, memory);
		walk.classList.add("stepping");
		go(0);
	};

	/* Prepared when it is opened: a page may have many. */
	for (const run of document.querySelectorAll("details.run")) {
		const begin = () => {
			const walk = run.querySelector(".walk");
			if (run.open && walk && !walk.matches(".stepping")) prepare(walk);
		};
		run.addEventListener("toggle", begin);
		begin();
	}
})();
