#define lamp_for_each(lamp, bulb)					\
	for ((bulb) = (lamp)->first;				\
	     (bulb);							\
	     (bulb) = (bulb)->next)

#define lamp_warn(lamp, why)						\
	do {								\
		if ((lamp)->verbose)				\
			pr_warn("%s\n", why);			\
	} while (0)
