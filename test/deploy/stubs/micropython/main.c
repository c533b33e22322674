/* Parts of MicroPython that the module needs, and a caller: a line of standard input is a function's name and its arguments. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "py/runtime.h"

const mp_obj_type_t mp_type_module, mp_type_ValueError;
struct stub_object stub_none = {.kind = STUB_NONE};
static jmp_buf raised;

/* Nothing is given back: the program is short. */
void *stub_allocate(size_t bytes) {
  void *given = calloc(1, bytes);
  if (!given) abort();
  return given;
}

static mp_obj_t new_object(enum stub_kind kind) {
  mp_obj_t object = stub_allocate(sizeof *object);
  object->kind = kind;
  return object;
}

mp_obj_t mp_obj_new_int(mp_int_t number) {
  mp_obj_t object = new_object(STUB_INT);
  object->number = number;
  return object;
}

mp_obj_t mp_obj_new_bool(mp_int_t value) {
  mp_obj_t object = new_object(STUB_BOOL);
  object->number = value != 0;
  return object;
}

mp_obj_t mp_obj_new_bytes(const byte *bytes, size_t length) {
  mp_obj_t object = new_object(STUB_BYTES);
  object->bytes = memcpy(stub_allocate(length + 1), bytes, length);
  object->count = length;
  return object;
}

mp_obj_t mp_obj_new_str(const char *text, size_t length) { return mp_obj_new_bytes((const byte *)text, length); }

mp_obj_t mp_obj_new_tuple(size_t count, const mp_obj_t *items) {
  mp_obj_t object = new_object(STUB_TUPLE);
  memcpy(object->items, items, count * sizeof *items);
  object->count = count;
  return object;
}

mp_obj_t mp_getiter(mp_obj_t from, mp_obj_iter_buf_t *buffer) {
  buffer->from = from;
  buffer->next = 0;
  return (mp_obj_t)buffer;
}

mp_obj_t mp_iternext(mp_obj_t iterator) {
  mp_obj_iter_buf_t *buffer = (mp_obj_iter_buf_t *)iterator;
  return buffer->next < buffer->from->count ? buffer->from->items[buffer->next++] : MP_OBJ_STOP_ITERATION;
}

bool mp_obj_is_int(mp_obj_t object) { return object->kind == STUB_INT; }

mp_int_t mp_obj_get_int(mp_obj_t object) {
  if (object->kind != STUB_INT) mp_raise_msg_varg(&mp_type_ValueError, "no int");
  return object->number;
}

mp_float_t mp_obj_get_float(mp_obj_t object) {
  if (object->kind != STUB_FLOAT) mp_raise_msg_varg(&mp_type_ValueError, "no float");
  return object->real;
}

void mp_get_buffer_raise(mp_obj_t object, mp_buffer_info_t *buffer, int flags) {
  if (object->kind != STUB_BYTES || flags != MP_BUFFER_READ) mp_raise_msg_varg(&mp_type_ValueError, "no buffer");
  buffer->buf = (void *)(uintptr_t)object->bytes;
  buffer->len = object->count;
}

void mp_raise_msg_varg(const mp_obj_type_t *type, const char *format, ...) {
  va_list values;
  va_start(values, format);
  printf("%s: ", type == &mp_type_ValueError ? "ValueError" : "?");
  vprintf(format, values);
  printf("\n");
  va_end(values);
  longjmp(raised, 1);
}

static void show(mp_obj_t object) {
  switch (object->kind) {
    case STUB_INT: printf("%lld", (long long)object->number); return;
    case STUB_FLOAT: printf("%f", (double)object->real); return;
    case STUB_BOOL: printf(object->number ? "True" : "False"); return;
    case STUB_BYTES: printf("%.*s", (int)object->count, (const char *)object->bytes); return;
    case STUB_NONE: printf("None"); return;
    case STUB_TUPLE:
      printf("(");
      for (size_t k = 0; k < object->count; k++) {
        if (k > 0) printf(", ");
        show(object->items[k]);
      }
      printf(")");
  }
}

extern const mp_obj_module_t eqprop_user_cmodule;

static const void *named(const char *name) {
  const mp_obj_dict_t *globals = eqprop_user_cmodule.globals;
  for (size_t k = 0; k < globals->used; k++)
    if (strcmp(globals->table[k].key, name) == 0) return globals->table[k].value;
  printf("AttributeError: %s\n", name);
  longjmp(raised, 1);
}

static mp_obj_t number_of(const char *word) {
  mp_obj_t object;
  if (!strchr(word, '.')) return mp_obj_new_int(atol(word));
  object = new_object(STUB_FLOAT);
  object->real = strtof(word, NULL);
  return object;
}

static mp_obj_t kept;

static void call(char *text) {
  const char *name = strtok(text, " ");
  const mp_obj_t rest = new_object(STUB_TUPLE);
  mp_obj_t label = NULL;
  if (strcmp(name, "learn") == 0) label = number_of(strtok(NULL, " "));
  for (const char *word = strtok(NULL, " "); word; word = strtok(NULL, " ")) rest->items[rest->count++] = number_of(word);
  if (strcmp(name, "predict") == 0) {
    show(((const stub_function *)named(name))->call(rest));
  } else if (label) {
    show(((const stub_function *)named(name))->call(rest, label));
  } else if (strcmp(name, "class_name") == 0) {
    show(((const stub_function *)named(name))->call(rest->items[0]));
  } else if (strcmp(name, "save") == 0) {
    kept = ((const stub_function *)named(name))->call();
    printf("%zu bytes", kept->count);
  } else if (strcmp(name, "restore") == 0) {
    show(((const stub_function *)named(name))->call(kept));
  } else if (strcmp(name, "cut") == 0) {
    kept->count--;
  } else if (name[0] >= 'A' && name[0] <= 'Z') {
    printf("%lld", (long long)(intptr_t)named(name));
  } else {
    show(((const stub_function *)named(name))->call());
  }
  printf("\n");
}

int main(void) {
  static char text[1 << 16];
  while (fgets(text, sizeof text, stdin)) {
    text[strcspn(text, "\n")] = 0;
    if (setjmp(raised) == 0) call(text);
  }
  return 0;
}
