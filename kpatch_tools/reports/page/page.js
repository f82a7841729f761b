"use strict";
/* An element, for the other parts of the script too. */
const make = (name, text, attributes = {}) => {
	const made = document.createElement(name);
	made.textContent = text;
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
	return made;
};

/* Folding, the colour scheme, help, and going from finding to finding. */
(() => {
	const kept = {
		get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
		set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
	};
	const open = (element) => {
		for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true;
	};
	const goTo = (element) => {
		open(element);
		element.focus({ preventScroll: true });
		element.scrollIntoView({ block: "start" });
	};

	/* A link leads to what it names, folded or not. */
	const follow = () => {
		const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		if (target) {
			open(target);
			target.scrollIntoView({ block: "start" });
			if (target.matches(".finding")) target.focus({ preventScroll: true });
		}
	};
	addEventListener("hashchange", follow);
	if (location.hash) follow();

	/* What is folded is printed too. */
	let folded = [];
	addEventListener("beforeprint", () => {
		folded = [...document.querySelectorAll("details:not([open])")];
		for (const each of folded) each.open = true;
	});
	addEventListener("afterprint", () => { for (const each of folded) each.open = false; });

	/* Colours: as the system has them, or as chosen here. */
	const schemes = ["system", "light", "dark"];
	const scheme = make("button", "", { type: "button" });
	const paint = (name) => {
		if (name === "system") delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = name;
		scheme.textContent = `colours: ${name}`;
		scheme.dataset.scheme = name;
	};
	paint(schemes.includes(kept.get("kpt-colours")) ? kept.get("kpt-colours") : "system");
	scheme.addEventListener("click", () => {
		const next = schemes[(schemes.indexOf(scheme.dataset.scheme) + 1) % schemes.length];
		kept.set("kpt-colours", next);
		paint(next);
	});

	/* Help. */
	const keys = [
		["n  p", "next, previous finding"],
		["\u2193 j  \u2191 k", "in an interleaving: next, previous step"],
		["] [", "in an interleaving: next, previous switch of thread"],
		["Home  End", "in an interleaving: first, last step"],
		["?", "this help"],
	];
	const help = make("dialog", "", { "aria-labelledby": "help-title" });
	help.append(make("h2", "Keys", { id: "help-title" }));
	const list = make("dl", "", { class: "facts" });
	for (const [key, what] of keys) {
		const row = make("div", "");
		const term = make("dt", "");
		for (const each of key.split(/ +/)) term.append(make("kbd", each), " ");
		row.append(term, make("dd", what));
		list.append(row);
	}
	const single = make("input", "", { type: "checkbox", id: "single-keys" });
	single.checked = kept.get("kpt-keys") !== "off";
	single.addEventListener("change", () => kept.set("kpt-keys", single.checked ? "on" : "off"));
	const choice = make("p", "");
	choice.append(single, " ", make("label", "keys of one letter are on", { for: "single-keys" }));
	const close = make("button", "Close", { type: "button" });
	close.addEventListener("click", () => help.close());
	help.append(list, choice, close);
	document.body.append(help);

	const helping = make("button", "keys ?", { type: "button" });
	helping.addEventListener("click", () => help.showModal());
	const tools = make("div", "", { class: "tools" });
	tools.append(scheme, helping);
	document.querySelector(".masthead").append(tools);

	/* From finding to finding. */
	const findings = [...document.querySelectorAll(".finding")];
	const step = (by) => {
		if (!findings.length) return;
		let at = findings.indexOf(document.activeElement.closest(".finding"));
		if (at < 0) {
			const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
			at = findings.indexOf(target);
		}
		at = at < 0 ? (by > 0 ? 0 : findings.length - 1) : (at + by + findings.length) % findings.length;
		history.replaceState(null, "", `#${findings[at].id}`);
		goTo(findings[at]);
	};
	addEventListener("keydown", (event) => {
		const typing = event.target.closest("input, select, textarea, dialog");
		if (typing || event.ctrlKey || event.altKey || event.metaKey || !single.checked) return;
		if (event.key === "n") step(1);
		else if (event.key === "p") step(-1);
		else if (event.key === "?") help.showModal();
		else return;
		event.preventDefault();
	});

	/* A command is copied by a button. */
	for (const block of document.querySelectorAll(".command")) {
		const copy = make("button", "copy", { type: "button", "aria-label": "copy the command" });
		copy.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(block.textContent);
				copy.textContent = "copied";
			} catch {
				getSelection().selectAllChildren(block);
				copy.textContent = "selected";
			}
		});
		const frame = make("div", "", { class: "copying" });
		block.replaceWith(frame);
		frame.append(block, copy);
	}
})();
