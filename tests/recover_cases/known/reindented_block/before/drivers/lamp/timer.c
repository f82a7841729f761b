static void lamp_tick(struct lamp *lamp)
{
	lamp->ticks++;
	if (lamp->ticks == LAMP_TICKS) {
		lamp->ticks = 0;
		lamp_notify(lamp, LAMP_EVENT_TICK,
			    lamp->level);
	}
}
