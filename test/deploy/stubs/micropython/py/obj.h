/* Stands in the place of MicroPython's py/obj.h and py/runtime.h: what the module uses of them, by the same names and types. */
#ifndef STUB_OBJ_H
#define STUB_OBJ_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MICROPY_PY_BUILTINS_FLOAT 1
typedef uint8_t byte;
typedef float mp_float_t;
typedef intptr_t mp_int_t;
typedef struct stub_object *mp_obj_t;

enum stub_kind { STUB_INT, STUB_FLOAT, STUB_BOOL, STUB_BYTES, STUB_TUPLE, STUB_NONE };

struct stub_object {
  enum stub_kind kind;
  mp_int_t number;
  mp_float_t real;
  const byte *bytes;
  mp_obj_t items[512];
  size_t count;
};

typedef struct { struct stub_object *from; size_t next; } mp_obj_iter_buf_t;
typedef struct { void *buf; size_t len; int typecode; } mp_buffer_info_t;
typedef struct { const void *name; } mp_obj_type_t;
typedef struct { const mp_obj_type_t *type; } mp_obj_base_t;
typedef struct { const void *key; const void *value; } mp_rom_map_elem_t;
typedef struct { const mp_rom_map_elem_t *table; size_t used; } mp_obj_dict_t;
typedef struct { mp_obj_base_t base; mp_obj_dict_t *globals; } mp_obj_module_t;
typedef struct { mp_obj_t (*call)(); } stub_function;

extern const mp_obj_type_t mp_type_module, mp_type_ValueError;
extern struct stub_object stub_none;

#define MP_OBJ_STOP_ITERATION ((mp_obj_t)0)
#define MP_BUFFER_READ 1
#define MP_ERROR_TEXT(text) text
#define mp_const_none (&stub_none)
#define MP_OBJ_NEW_SMALL_INT(number) mp_obj_new_int(number)
/* Names are looked up as text. */
#define MP_ROM_QSTR(name) name
#define MP_ROM_INT(number) ((const void *)(intptr_t)(number))
#define MP_ROM_PTR(pointer) (pointer)
#define MP_QSTR___name__ "__name__"
#define MP_QSTR_eqprop "eqprop"
#define MP_QSTR_FEATURES "FEATURES"
#define MP_QSTR_CLASSES "CLASSES"
#define MP_QSTR_ONE "ONE"
#define MP_QSTR_begin "begin"
#define MP_QSTR_predict "predict"
#define MP_QSTR_class_name "class_name"
#define MP_QSTR_digest "digest"
#define MP_QSTR_learn "learn"
#define MP_QSTR_save "save"
#define MP_QSTR_restore "restore"
#define MP_DEFINE_CONST_FUN_OBJ_0(name, function) const stub_function name = {(mp_obj_t(*)())function}
#define MP_DEFINE_CONST_FUN_OBJ_1(name, function) const stub_function name = {(mp_obj_t(*)())function}
#define MP_DEFINE_CONST_FUN_OBJ_2(name, function) const stub_function name = {(mp_obj_t(*)())function}
#define MP_DEFINE_CONST_DICT(name, elements) const mp_obj_dict_t name = {elements, sizeof elements / sizeof *elements}
#define MP_REGISTER_MODULE(name, module) extern const mp_obj_module_t module

mp_obj_t mp_obj_new_int(mp_int_t number);
mp_obj_t mp_obj_new_bool(mp_int_t value);
mp_obj_t mp_obj_new_str(const char *text, size_t length);
mp_obj_t mp_obj_new_bytes(const byte *bytes, size_t length);
mp_obj_t mp_obj_new_tuple(size_t count, const mp_obj_t *items);
mp_obj_t mp_getiter(mp_obj_t from, mp_obj_iter_buf_t *buffer);
mp_obj_t mp_iternext(mp_obj_t iterator);
bool mp_obj_is_int(mp_obj_t object);
mp_int_t mp_obj_get_int(mp_obj_t object);
mp_float_t mp_obj_get_float(mp_obj_t object);
void mp_get_buffer_raise(mp_obj_t object, mp_buffer_info_t *buffer, int flags);
__attribute__((noreturn)) void mp_raise_msg_varg(const mp_obj_type_t *type, const char *format, ...);
void *stub_allocate(size_t bytes);
#define m_new(type, count) ((type *)stub_allocate(sizeof(type) * (count)))
#define m_del(type, pointer, count) ((void)(pointer), (void)(count))

#endif
