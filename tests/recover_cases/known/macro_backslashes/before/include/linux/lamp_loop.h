#define lamp_for_each(lamp, bulb)					\
	for ((bulb) = (lamp)->first;				\
	     (bulb);							\
	     (bulb) = (bulb)->next)
