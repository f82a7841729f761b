static bool moss_wants(struct moss *moss)
{
	return moss->light
		&& moss->water
		&& !moss->frost;
}
