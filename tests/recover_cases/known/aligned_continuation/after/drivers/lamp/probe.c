#include <linux/lamp.h>

static int lamp_attach(struct lamp *lamp, struct lamp_socket *socket,
		       unsigned long flags)
{
	return lamp_register(lamp, socket, flags);
}

static int lamp_attach_all(struct lamp *lamp, struct lamp_socket **sockets,
			   unsigned int count, unsigned long flags)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = lamp_attach(lamp, sockets[i],
				  flags & LAMP_ATTACH_MASK);
		if (err && !(flags & LAMP_ATTACH_ANY) &&
		    sockets[i]->required)
			return err;
	}

	return 0;
}

static int lamp_probe(struct device *dev)
{
	struct lamp *lamp = dev_get_drvdata(dev);

	return lamp_attach(lamp, NULL, 0);
}
