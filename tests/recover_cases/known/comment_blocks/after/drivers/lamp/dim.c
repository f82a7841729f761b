/**
 * lamp_dim - make a lamp darker
 * @lamp: the lamp
 * @steps: by how many steps
 *
 * A lamp that is off stays off.
 */
void lamp_dim(struct lamp *lamp, int steps)
{
	/*
	 * The level is read by the interrupt handler, which must not see
	 * a value below zero.
	 */
	if (lamp->level > steps)
		lamp->level -= steps;
	else
		lamp->level = 0;	/* off */
}
