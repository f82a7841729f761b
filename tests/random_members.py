"""Small trees of C made by chance in which several structs share a member's name, from a seed.

Struct item of include/linux/item.h loses `state`; struct other keeps its own.
Every form that names a member occurs: pointers, chains, casts, calls,
initialisers, offsetof, macros that pass through or take the member, typeof,
statement expressions, anonymous structs, a tag that a source has for itself.
"""

import random

Files = dict[str, str]

ITEM = "struct item {\n\tint first;\n%s\tstruct other *peer;\n\tstruct list link;\n};\n"
HEADER = """\
#ifndef ITEM_H
#define ITEM_H
#define NULL ((void *)0)
#define offsetof(TYPE, MEMBER) __builtin_offsetof(TYPE, MEMBER)
#define container_of(ptr, type, member) ({ \\
	void *__mptr = (void *)(ptr); \\
	((type *)(__mptr - offsetof(type, member))); })
#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define each_item(pos, head, member) \\
	for (pos = list_entry(head, typeof(*pos), member); pos; pos = NULL)
#define group(members) struct { members }
#define as_item(p) ((struct item *)(p))
#define member_of(p, m) ((p)->m)
#define real_state hidden.state
#define DECLARE_ITEM(name) struct item *name

struct list {
	struct list *next;
};

struct other {
	int state;
	struct item *item;
	struct list link;
};

ITEM_HERE
union both {
	struct item item;
	struct other other;
};

struct holder {
	struct item item;
	struct other others[2];
	struct {
		struct item *inner;
		int state;
	};
	struct {
		int state;
	} named;
	group(struct other grouped; int last;);
	struct item *(*find)(struct holder *holder, int state);
	struct {
		int state;
	} hidden;
};

typedef struct item item_t;
typedef struct {
	int state;
} own_t;

struct item *item_get(int state);
struct other *other_get(int state);
extern struct item items[];
static inline struct item *to_item(struct list *list)
{
	return list_entry(list, struct item, link);
}
#endif
"""
EXPRESSIONS = (
    "item->state", "other->state", "other->item->state", "item->peer->state", "items[1].state",
    "(&items[0])->state", "(*item).state", "(*other).state", "item_get(1)->state",
    "other_get(1)->state", "to_item(list)->state", "holder->item.state", "holder->others[1].state",
    "holder->inner->state", "holder->state", "holder->named.state", "holder->grouped.state",
    "holder->find(holder, 1)->state", "((struct item *)data)->state",
    "((struct other *)data)->state", "as_item(data)->state", "alias->state", "own->state",
    "both->item.state", "both->other.state", "READ_ONCE(item->state)", "READ_ONCE(other->state)",
    "READ_ONCE(other->item)->state", "member_of(item, state)", "member_of(other, state)",
    "(state ? item : NULL)->state", "({ struct item *x = data; x->state; })",
    "({ struct other *item = data; item->state; })", "(item + 1)->state", "(++other)->state",
    "(int)offsetof(struct item, state)", "(int)offsetof(struct other, state)",
    "(int)offsetof(struct holder, item.state)", "(int)offsetof(struct holder, others[1].state)",
    "list_entry(list, struct other, link)->state", "list_entry(list, struct item, link)->state",
    "((struct item){ .state = 1 }).first", "((struct other){ .state = 1 }).state",
    "((typeof(item))data)->state", "((typeof(*other) *)data)->state", "state",
    "holder->real_state", "(item = data, item)->state", "sizeof(item->state) > 4",
    "-other->state", "!item->state", "*&item->state", "(other->item ?: item)->state",
)  # fmt: skip
STATEMENTS = (
    "\t{\n\t\tstruct other *item = data;\n\n\t\tsum += item->state;\n\t}\n\tsum += item->state;\n",
    "\t{\n\t\tDECLARE_ITEM(made) = data;\n\n\t\tsum += made->state;\n\t}\n",
    "\t{\n\t\tstruct item local = { 1, .state = 2 };\n\t\tstruct other another = {\n"
    "\t\t\t.state = 3,\n\t\t};\n\n\t\tsum += local.state + another.state;\n\t}\n",
    "\teach_item(other, list, link)\n\t\tsum += other->state;\n",
    "\teach_item(item, list, link)\n\t\tsum += item->state;\n",
    "\t{\n\t\t__auto_type guess = other->item;\n\n\t\tsum += guess->state;\n\t}\n",
    "\tfor (struct other *item = data; item; item = NULL)\n\t\tsum += item->state;\n",
)
TABLES = (
    "static struct other table[] = {\n\t{ .state = 1 },\n\t[1] = { .state = 2 },\n};\n",
    "static struct item fixed = {\n\t.state = 1,\n};\n",
    "static struct holder nested = {\n\t.item = { .state = 1 },\n\t.item.state = 2,\n"
    "\t.others = { { .state = 3 }, [1].state = 4 },\n\t.named.state = 5,\n\t.state = 6,\n};\n",
    "static struct holder plain = {\n\t{ .state = 1 },\n\t{ { .state = 2 } },\n};\n",
)
OWN = "struct own {\n\tint state;\n};\nstatic int own_state(struct own *item)\n" \
    "{\n\treturn item->state;\n}\n"  # fmt: skip


class Maker:
    """Trees of one seed: before and after the member went."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def series(self) -> tuple[Files, Files]:
        """The files of the two trees; they differ in the header alone."""
        core = self._core()
        guarded = self._random.random() < 0.4
        kept = "#ifdef CONFIG_FAST\n\tint state;\n#endif\n" if guarded else ""
        return self._tree("\tint state;\n", core), self._tree(kept, core)

    def _tree(self, state: str, core: str) -> Files:
        return {
            "Kconfig": 'config FAST\n\tbool "Fast"\n',
            "Makefile": "core-y := lib/\n",
            "lib/Makefile": "obj-y += core.o\n",
            "include/linux/item.h": HEADER.replace("ITEM_HERE\n", ITEM % state),
            "lib/core.c": core,
        }

    def _core(self) -> str:
        tables = self._random.sample(TABLES, 2)
        own = [OWN] if self._random.random() < 0.5 else []
        functions = [self._function(number) for number in range(3)]
        return "#include <linux/item.h>\n\n" + "\n".join([*own, *tables, *functions])

    def _function(self, number: int) -> str:
        body = "".join(self._statement() for _ in range(8))
        head = (
            f"int f{number}(struct item *item, struct other *other, struct holder *holder,\n"
            "\tstruct list *list, void *data, int state, item_t *alias, own_t *own,\n"
            "\tunion both *both)\n"
        )
        return f"{head}{{\n\tint sum = 0;\n\n{body}\treturn sum;\n}}\n"

    def _statement(self) -> str:
        if self._random.random() < 0.25:
            text = self._random.choice(STATEMENTS)
        else:
            text = f"\tsum += {self._random.choice(EXPRESSIONS)};\n"
        if self._random.random() < 0.3:
            text = f"#ifdef CONFIG_FAST\n{text}#endif\n"
        return text
