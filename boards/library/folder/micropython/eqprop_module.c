/*
 * The module eqprop of MicroPython: predict(features) and, of a network that learns, learn(features, label), save() and
 * restore(bytes). Features are any iterable of numbers, as the training data had them.
 */
#include <string.h>

#include "py/obj.h"
#include "py/runtime.h"

#include "eqprop.h"
#include "eqprop_decimal.h"

static eqprop_feature features[EQPROP_FEATURES];

/* The network keeps what it has learnt through a soft reset. */
static bool is_begun;

static void begin_once(void) {
    if (!is_begun) eqprop_begin();
    is_begun = true;
}

static double number_of(mp_obj_t item) {
    #if MICROPY_PY_BUILTINS_FLOAT
    if (!mp_obj_is_int(item)) return (double)mp_obj_get_float(item);
    #endif
    return (double)mp_obj_get_int(item);
}

static void take_features(mp_obj_t given) {
    mp_obj_iter_buf_t buffer;
    mp_obj_t items = mp_getiter(given, &buffer);
    mp_obj_t item;
    size_t count = 0;
    while ((item = mp_iternext(items)) != MP_OBJ_STOP_ITERATION) {
        if (count < EQPROP_FEATURES) features[count] = eqprop_decimal(count, number_of(item));
        count++;
    }
    if (count != EQPROP_FEATURES)
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("an example has %d features, not %d"), EQPROP_FEATURES, (int)count);
    begin_once();
}

/* begin(): the network as it was deployed; what it learnt is forgotten. */
static mp_obj_t module_begin(void) {
    is_begun = false;
    begin_once();
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_0(begin_object, module_begin);

/* predict(features): the class, and a tuple of all scores, 0 to ONE. */
static mp_obj_t module_predict(mp_obj_t given) {
    mp_obj_t scores[EQPROP_CLASSES];
    mp_obj_t answer[2];
    int label;
    take_features(given);
    label = eqprop_predict(features, EQPROP_FEATURES);
    for (int k = 0; k < EQPROP_CLASSES; k++) scores[k] = mp_obj_new_int(eqprop_score(k));
    answer[0] = MP_OBJ_NEW_SMALL_INT(label);
    answer[1] = mp_obj_new_tuple(EQPROP_CLASSES, scores);
    return mp_obj_new_tuple(2, answer);
}
static MP_DEFINE_CONST_FUN_OBJ_1(predict_object, module_predict);

/* class_name(label) */
static mp_obj_t module_class_name(mp_obj_t label) {
    const char *name = eqprop_class_name((int)mp_obj_get_int(label));
    return mp_obj_new_str(name, strlen(name));
}
static MP_DEFINE_CONST_FUN_OBJ_1(class_name_object, module_class_name);

/* digest(): of all parameters, as the host prints it: hexadecimal, as many builds have no whole numbers so long. */
static mp_obj_t module_digest(void) {
    char text[16];
    uint64_t digest;
    begin_once();
    digest = eqprop_digest();
    for (size_t k = sizeof text; k > 0; digest >>= 4) text[--k] = "0123456789abcdef"[digest & 15];
    return mp_obj_new_str(text, sizeof text);
}
static MP_DEFINE_CONST_FUN_OBJ_0(digest_object, module_digest);

#if EQPROP_LEARNS

static void raise_if(int error) {
    if (error < 0) mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("eqprop_error %d"), error);
}

/* learn(features, label): True where a minibatch was learnt, False where the example waits for others. */
static mp_obj_t module_learn(mp_obj_t given, mp_obj_t label) {
    int result;
    take_features(given);
    result = eqprop_learn(features, EQPROP_FEATURES, (int)mp_obj_get_int(label));
    raise_if(result);
    return mp_obj_new_bool(result);
}
static MP_DEFINE_CONST_FUN_OBJ_2(learn_object, module_learn);

static int put(void *to, uint32_t offset, const void *bytes, uint32_t count) {
    memcpy((byte *)to + offset, bytes, count);
    return 0;
}

/* save(): what has been learnt, as bytes. */
static mp_obj_t module_save(void) {
    mp_obj_t saved;
    byte *bytes = m_new(byte, EQPROP_SAVED_BYTES);
    begin_once();
    raise_if(eqprop_save(put, bytes));
    saved = mp_obj_new_bytes(bytes, EQPROP_SAVED_BYTES);
    m_del(byte, bytes, EQPROP_SAVED_BYTES);
    return saved;
}
static MP_DEFINE_CONST_FUN_OBJ_0(save_object, module_save);

static int get(void *from, uint32_t offset, void *bytes, uint32_t count) {
    const mp_buffer_info_t *saved = from;
    if (offset > saved->len || count > saved->len - offset) return -1;
    memcpy(bytes, (const byte *)saved->buf + offset, count);
    return 0;
}

/* restore(bytes) */
static mp_obj_t module_restore(mp_obj_t from) {
    mp_buffer_info_t saved;
    mp_get_buffer_raise(from, &saved, MP_BUFFER_READ);
    begin_once();
    raise_if(eqprop_restore(get, &saved));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(restore_object, module_restore);

#endif

static const mp_rom_map_elem_t globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_eqprop) },
    { MP_ROM_QSTR(MP_QSTR_FEATURES), MP_ROM_INT(EQPROP_FEATURES) },
    { MP_ROM_QSTR(MP_QSTR_CLASSES), MP_ROM_INT(EQPROP_CLASSES) },
    { MP_ROM_QSTR(MP_QSTR_ONE), MP_ROM_INT(EQPROP_ONE) },
    { MP_ROM_QSTR(MP_QSTR_begin), MP_ROM_PTR(&begin_object) },
    { MP_ROM_QSTR(MP_QSTR_predict), MP_ROM_PTR(&predict_object) },
    { MP_ROM_QSTR(MP_QSTR_class_name), MP_ROM_PTR(&class_name_object) },
    { MP_ROM_QSTR(MP_QSTR_digest), MP_ROM_PTR(&digest_object) },
    #if EQPROP_LEARNS
    { MP_ROM_QSTR(MP_QSTR_learn), MP_ROM_PTR(&learn_object) },
    { MP_ROM_QSTR(MP_QSTR_save), MP_ROM_PTR(&save_object) },
    { MP_ROM_QSTR(MP_QSTR_restore), MP_ROM_PTR(&restore_object) },
    #endif
};
static MP_DEFINE_CONST_DICT(globals_dict, globals_table);

const mp_obj_module_t eqprop_user_cmodule = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&globals_dict,
};

MP_REGISTER_MODULE(MP_QSTR_eqprop, eqprop_user_cmodule);
