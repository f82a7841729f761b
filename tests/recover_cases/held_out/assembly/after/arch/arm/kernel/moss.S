#include <linux/linkage.h>

ENTRY(moss_spin)
	mov	r0, #1
1:	subs	r0, r0, #1
	bne	1b
	bx	lr
ENDPROC(moss_spin)
