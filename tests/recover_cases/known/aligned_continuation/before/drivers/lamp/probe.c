#include <linux/lamp.h>

static int lamp_attach(struct lamp *lamp, struct lamp_socket *socket,
		       unsigned long flags)
{
	return lamp_register(lamp, socket, flags);
}

static int lamp_probe(struct device *dev)
{
	struct lamp *lamp = dev_get_drvdata(dev);

	return lamp_attach(lamp, NULL, 0);
}
