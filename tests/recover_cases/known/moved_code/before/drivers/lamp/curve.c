#include "lamp.h"
