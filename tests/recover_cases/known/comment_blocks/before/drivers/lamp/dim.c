/**
 * lamp_dim - make a lamp darker
 * @lamp: the lamp
 */
void lamp_dim(struct lamp *lamp)
{
	lamp->level--;
}
