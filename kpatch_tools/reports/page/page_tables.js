"use strict";
/* Tables that can be searched: a field for words, a choice for each column that has few values. */
(() => {
	const labelled = (text, control) => {
		const label = document.createElement("label");
		label.append(text, control);
		return label;
	};
	const choice = (name, values) => {
		const select = document.createElement("select");
		for (const value of ["all", ...values]) select.add(new Option(value, value === "all" ? "" : value));
		return select;
	};
	const prepare = (table) => {
		const rows = [...table.tBodies].flatMap((body) => [...body.rows])
			.filter((row) => !row.matches(".of, .drawn"));
		const heads = [...table.tHead.rows[0].cells];
		const bar = document.createElement("div");
		const words = document.createElement("input");
		const told = document.createElement("output");
		words.type = "search";
		bar.className = "filter";
		bar.setAttribute("role", "search");
		bar.setAttribute("aria-label", `Filter the ${table.dataset.filter}`);
		bar.append(labelled("words", words));
		const facets = heads.flatMap((head, column) => {
			if (!("facet" in head.dataset)) return [];
			const values = [...new Set(rows.map((row) => row.cells[column].textContent))].sort();
			if (values.length < 2) return [];
			const select = choice(head.textContent, values);
			bar.append(labelled(head.textContent.toLowerCase(), select));
			return [{ column, select }];
		});
		bar.append(told);
		const show = () => {
			const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
			let shown = 0;
			for (const row of rows) {
				const group = row.parentElement.querySelector(".of");
				const text = `${group ? group.textContent : ""} ${row.textContent}`.toLowerCase();
				const fits = sought.every((word) => text.includes(word)) && facets.every(
					({ column, select }) => !select.value || row.cells[column].textContent === select.value,
				);
				row.hidden = !fits;
				shown += fits;
			}
			for (const body of table.tBodies) {
				body.hidden = ![...body.rows].some((row) => rows.includes(row) && !row.hidden);
			}
			told.textContent = `${shown} of ${rows.length}`;
		};
		bar.addEventListener("input", show);
		show();
		table.parentElement.before(bar);
	};
	for (const table of document.querySelectorAll("table[data-filter]")) prepare(table);
})();
