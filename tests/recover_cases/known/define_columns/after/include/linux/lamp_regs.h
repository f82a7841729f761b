#define LAMP_CTRL		0x00
#define LAMP_STATUS		0x04
#define LAMP_LEVEL		0x08
#define LAMP_TEMPERATURE	0x0c
#define LAMP_FAN		0x10

#define LAMP_CTRL_ON		BIT(0)
#define LAMP_CTRL_RESET		BIT(1)
#define LAMP_CTRL_FAN		BIT(2)
