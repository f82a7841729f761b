/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Template. Two threads put an entry on a list and take it off, while a third
 * walks over it. What stands in capitals is filled in by scenario.toml.
 */

static int walked;

static void owner(void *argument)
{
	int number = argument ? 2 : 1;
	ENTRY entry = ADD;

	if (entry)
		REMOVE;
}

static void reader(void *argument)
{
	walked = WALK;
}

void scenario_init(void)
{
	SET_UP;
	eng_thread("owner-1", owner, NULL);
	eng_thread("owner-2", owner, &walked);
	eng_thread("reader", reader, NULL);
}

void scenario_final(void)
{
	eng_observe("walked", walked);
	shim_check_spinning();
	shim_check_empty(LIST);
	eng_check_leaks();
}
