static const struct lamp_operations lamp_ops = {
	.open		= lamp_open,
	.dim		= lamp_dim,
	.flicker	= lamp_flicker,
	.release	= lamp_release,
};

static struct lamp_driver lamp_driver = {
	.name = "lamp",
	.ops = &lamp_ops,
};
