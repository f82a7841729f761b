/* SPDX-License-Identifier: GPL-2.0-only */
/* The set of final states as the scenario sees them, printed as found. */

#define OBSERVATIONS_MAX 65536

static char observation[LEAF * 8];	/* of this end; zero padded */
static struct text observing;
static struct pool observations;	/* records of sizeof(observation) */
static u32 observations_lost;

static void forget_observation(void)
{
	clear((u8 *)observation, (u8 *)observation + sizeof(observation));
	observing.at = observation;
	observing.end = observation + sizeof(observation) - 1;
}

static void forget_observations(void)
{
	pool_empty(&observations, sizeof(observation) / 8);
	observations_lost = 0;
}

void eng_observe(const char *name, long value)
{
	put(&observing, "%s%s=%ld", *observation ? " " : "", name, value);
	if (observing.at == observing.end)
		eng_fail("model-unknown", "more is observed than %lu "
			 "characters", sizeof(observation) - 1);
}

static void keep_observation(void)
{
	int fresh;

	if (!*observation)
		return;
	if (observations.count == OBSERVATIONS_MAX)
		observations_lost = 1;
	else
		pool_number(&observations, (u64 *)observation,
			    observations.words, &fresh);
}

static void print_observations(void)
{
	for (u32 i = 0; i < observations.count; i++) {
		out_open("observed");
		out_key("values");
		out_string((char *)(observations.records +
				    (u64)i * observations.words));
		out_close();
	}
}
