#define LAMP_CTRL		0x00
#define LAMP_STATUS		0x04
#define LAMP_LEVEL		0x08

#define LAMP_CTRL_ON		BIT(0)
#define LAMP_CTRL_RESET		BIT(1)
