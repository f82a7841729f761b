static const struct lamp_operations lamp_ops = {
	.open		= lamp_open,
	.release	= lamp_release,
};

static struct lamp_driver lamp_driver = {
	.name = "lamp",
};
