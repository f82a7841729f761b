int moss_write(struct moss *moss, const char *from, size_t count,
		loff_t where, unsigned int flags)
{
	if (!moss_ready(moss, where) || !from ||
			count > MOSS_LARGEST)
		return -EINVAL;

	return moss_put(moss, from, count, where);
}

int moss_read(struct moss *moss, char *into, size_t count,
		loff_t where, unsigned int flags)
{
	if (!moss_ready(moss, where) || !into ||
			count > MOSS_LARGEST)
		return -EINVAL;

	return moss_get(moss, into, count, where);
}
