"""Ten patches for a kernel of the 6.1 line, as people send them: one commit each.

Edits in drivers, a static function that takes another argument, an exported
function renamed with all its callers, one that takes another argument, a
member that goes with all its uses, a new inline function in a header that most
sources include, and its first user. All are whole: nothing is left behind.
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESET_OLD = "static void rtl8139_chip_reset (void __iomem *ioaddr)\n{\n\tint i;\n"
RESET_NEW = "static void rtl8139_chip_reset(void __iomem *ioaddr, int tries)\n{\n\tint i;\n"
COUNT_NODES = """/**
 * list_count_entries - count the entries of a list
 * @head: the head of the list
 */
static inline unsigned long list_count_entries(const struct list_head *head)
{
\tconst struct list_head *pos;
\tunsigned long count = 0;

\tfor (pos = head->next; pos != head; pos = pos->next)
\t\tcount++;
\treturn count;
}

"""
COUNT_LIST = """static int count_list(struct list_head *l)
{
\tuint32_t count = 0;
\tstruct list_head *tmp;

\tlist_for_each(tmp, l) {
\t\tcount++;
\t}
\treturn count;
}

"""
TN48M = "drivers/gpio/gpio-tn48m.c"
REALTEK = "drivers/net/ethernet/realtek/8139too.c"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A kernel's work tree; commits have fixed dates and names, so that ids are the same."""

    top: Path

    def git(self, *arguments: str) -> str:
        person = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (
                ("NAME", "A Developer"),
                ("EMAIL", "developer@kpt.invalid"),
                ("DATE", "2024-01-01T00:00:00Z"),
            )
        }
        command = ("git", "-C", str(self.top), "-c", "core.hooksPath=/dev/null", *arguments)
        return subprocess.run(
            command, env={**os.environ, **person}, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        """Replace every one of the texts; each must be there."""
        file = self.top / path
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{path} has no {old!r}"
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")

    def everywhere(self, word: str, pattern: str, new: str) -> None:
        """Rewrite what the pattern matches in every file that names the word."""
        for path in self.git("grep", "-lw", word).splitlines():
            file = self.top / path
            file.write_text(re.sub(pattern, new, file.read_text("utf-8")), "utf-8")


def poll(tree: Checkout) -> None:
    tree.edit(
        "drivers/w1/slaves/w1_therm.c", ("#define W1_POLL_PERIOD 32", "#define W1_POLL_PERIOD 16")
    )


def reset(tree: Checkout) -> None:
    tree.edit(
        REALTEK,
        (RESET_OLD, RESET_NEW),
        (
            "for (i = 1000; i > 0; i--) {\n\t\tbarrier();",
            "for (i = tries; i > 0; i--) {\n\t\tbarrier();",
        ),
        ("\trtl8139_chip_reset (ioaddr);", "\trtl8139_chip_reset(ioaddr, 1000);"),
    )


def renamed(tree: Checkout) -> None:
    name = "devm_gpio_regmap_register"
    tree.everywhere(name, rf"\b{name}\b", "devm_gpio_regmap_add")


def argument(tree: Checkout) -> None:
    name = "w1_reset_resume_command"
    tree.everywhere(name, rf"{name}\(sl->master\)", f"{name}(sl->master, 0)")
    tree.edit(
        "include/linux/w1.h",
        (f"int {name}(struct w1_master *);", f"int {name}(struct w1_master *, int delay);"),
    )
    tree.edit(
        "drivers/w1/w1_io.c",
        (
            f"int {name}(struct w1_master *dev)\n{{\n",
            f"int {name}(struct w1_master *dev, int delay)\n{{\n\tmsleep(delay);\n",
        ),
    )


def member(tree: Checkout) -> None:
    tree.edit(
        "include/linux/gpio/regmap.h",
        (" * @ngpio_per_reg:\tNumber of GPIOs per register\n", ""),
        ("\tint ngpio_per_reg;\n", ""),
    )
    tree.edit(
        TN48M,
        ("\tint ngpio_per_reg;\n", ""),
        ("\t.ngpio_per_reg = 4,\n", ""),
        ("\tconfig.ngpio_per_reg = gpio_config->ngpio_per_reg;\n", ""),
    )
    tree.edit(
        "drivers/pinctrl/bcm/pinctrl-bcm63xx.c", ("\tgrc.ngpio_per_reg = BCM63XX_BANK_GPIOS;\n", "")
    )
    tree.edit(
        "drivers/gpio/gpio-regmap.c",
        ("\tgpio->ngpio_per_reg = config->ngpio_per_reg;\n", ""),
        (
            "\t/* if not set, assume there is only one register */\n"
            "\tif (!gpio->ngpio_per_reg)\n\t",
            "",
        ),
    )


def inline(tree: Checkout) -> None:
    before = "/**\n * list_is_singular - tests"
    tree.edit("include/linux/list.h", (before, COUNT_NODES + before))


def used(tree: Checkout) -> None:
    tree.edit("fs/jffs2/scan.c", (COUNT_LIST, ""), (" count_list(", " list_count_entries("))


def message(tree: Checkout) -> None:
    tree.edit(
        "drivers/rtc/rtc-ds1307.c",
        ("Unsupported ohm value %u in dt", "unsupported trickle resistor of %u ohm"),
        (
            'dev_err(dev, "%s error %d\\n", "read", ret);',
            'dev_err(dev, "cannot read: %d\\n", ret);',
        ),
    )


def constant(tree: Checkout) -> None:
    tree.edit(
        "sound/soc/codecs/wm8731.c",
        (
            "static const char *wm8731_input_select[] =",
            "static const char * const wm8731_input_select[] =",
        ),
    )


def words(tree: Checkout) -> None:
    tree.edit("drivers/hwmon/lm75.c", ("#include <linux/jiffies.h>\n", ""))
    tree.edit(
        "drivers/w1/slaves/Kconfig",
        ("connect 1-wire thermal sensors to your\n\t  wire.", "connect 1-wire thermal sensors.\n"),
    )


PATCHES: tuple[tuple[str, Callable[[Checkout], None]], ...] = (
    ("w1: therm: poll more often", poll),
    ("8139too: give the reset its number of tries", reset),
    ("gpio: regmap: call it devm_gpio_regmap_add", renamed),
    ("w1: let a resume wait", argument),
    ("gpio: regmap: drop ngpio_per_reg", member),
    ("list: count the entries of a list", inline),
    ("jffs2: count with list_count_entries", used),
    ("rtc: ds1307: say what failed", message),
    ("ASoC: wm8731: constant names", constant),
    ("hwmon: lm75: drop an include", words),
)


def commit_all(top: Path) -> Checkout:
    """The ten commits on top of what is checked out there."""
    tree = Checkout(top)
    for subject, change in PATCHES:
        change(tree)
        tree.git("commit", "--quiet", "--all", f"--message={subject}")
    return tree
