static void lamp_tick(struct lamp *lamp)
{
	lamp->ticks++;
	spin_lock(&lamp->lock);
	while (lamp->running) {
		if (lamp->ticks == LAMP_TICKS) {
			lamp->ticks = 0;
			lamp_notify(lamp, LAMP_EVENT_TICK,
				    lamp->level);
		}
	}
	spin_unlock(&lamp->lock);
}
