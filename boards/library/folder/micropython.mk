# A user C module of MicroPython, for its ports that are built by make: USER_C_MODULES=<the folder around this one>
EQPROP_FOLDER := $(USERMOD_DIR)
SRC_USERMOD_C += $(EQPROP_FOLDER)/micropython/eqprop_module.c
# No strings of Python's are in it.
SRC_USERMOD_LIB_C += $(EQPROP_FOLDER)/src/eqprop.c
CFLAGS_USERMOD += -I$(EQPROP_FOLDER)/src
