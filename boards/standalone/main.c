/*
 * A network that needs no host: a line of features comes, its class and score go. Lines that begin with '!' are not
 * about an example: commands where they come, and what the board has to tell where they go. It answers a line when all is done that
 * came of it: whoever waits for the answer loses nothing.
 */
#include "eqprop.h"
#include "eqprop_line.h"
#include "line.h"
#include "restart.h"

#if EQPROP_LEARNS
#include "link.h"
#endif

/* NAME and NETWORK, as text; SAVE_EVERY minibatches, or 0. */
#include "standalone.h"
#include "text.h"

#if EQPROP_LEARNS && __has_include("flash.h")
#define SAVES 1
#include "flash.h"
#include "saves.h"
#else
#define SAVES 0
#endif

/* --- examples --- */

static struct eqprop_line line;

#if EQPROP_LEARNS
/* Examples that wait for the rest of a minibatch. */
static uint32_t waiting;

/* Returns whether the minibatch was full, and has been learnt. */
static bool learn(void) {
  const int result = eqprop_learn(line.features, EQPROP_FEATURES, line.label);
  if (result < 0) report_fault(FAULT_OUT_OF_BOUNDS, 0);
  waiting = result ? 0 : waiting + 1;
  return result;
}

static void say_learnt(void) {
  say("! learnt step ");
  say_number(eqprop_step());
}
#endif

static void take_example(void) {
  const int label = eqprop_predict(line.features, EQPROP_FEATURES);
  const int32_t score = eqprop_score(label);
#if EQPROP_LEARNS
  const bool is_learnt = line.label >= 0 && learn();
#if SAVES
  const bool is_due = is_learnt && SAVE_EVERY && eqprop_step() % SAVE_EVERY == 0;
  const int error = is_due ? save() : 0;
#endif
  say_answer(label, score);
  if (!is_learnt) return;
  say_learnt();
#if SAVES
  if (is_due) {
    say(", ");
    say_saved(error);
  }
#endif
  end_answer();
#else
  say_answer(label, score);
  if (line.label >= 0) tell("! not learnt: this network only predicts");
#endif
}

static const char *const problems[] = {
    [EQPROP_LINE_FEW] = "too few numbers",
    [EQPROP_LINE_MISSING] = "a number is missing",
    [EQPROP_LINE_NO_NUMBER] = "no number",
    [EQPROP_LINE_NO_BYTE] = "no whole number from 0 to 255",
    [EQPROP_LINE_NO_CLASS] = "no class",
    [EQPROP_LINE_TWO_CLASSES] = "a second class",
    [EQPROP_LINE_LONG] = "longer than a number or a name can be",
    [EQPROP_LINE_QUOTE] = "quotes that do not end, or not with the word",
};

static void tell_problem(void) {
  const int is_of_word = line.problem != EQPROP_LINE_FEW && line.problem != EQPROP_LINE_MISSING;
  say("! ");
  say(problems[line.problem]);
  say(": ");
  if (is_of_word) say(line.word);
  else say_number((uint32_t)line.count);
  say(is_of_word ? "; a line has " : " of ");
  say_number(EQPROP_FEATURES);
  end_answer();
}

/* --- commands --- */

static void tell_state(void) {
  say("! step ");
  say_number(eqprop_step());
  say(", digest ");
  say_hexadecimal(eqprop_digest(), 16);
#if EQPROP_LEARNS
  say(", waiting ");
  say_number(waiting);
  say(" of ");
  say_number(EQPROP_MINIBATCH);
  say(", a save takes ");
  say_number(EQPROP_SAVED_BYTES);
  say(" bytes");
#endif
  say(", stack ");
  say_number(stack_used());
  say(" of ");
  say_number(STACK_SIZE);
  end_answer();
}

static void tell_saved(void) {
#if SAVES
  const int error = save();
  say("! ");
  say_saved(error);
#elif EQPROP_LEARNS
  say("! not saved: this board has no place to keep it");
#else
  say("! not saved: this network only predicts");
#endif
  end_answer();
}

#define COMMAND_SIZE 16u

static struct {
  char word[COMMAND_SIZE];
  uint32_t length;
  bool is_one, is_line;
} command;

static bool is_command(const char *name) {
  for (uint32_t k = 0; k < COMMAND_SIZE; k++) {
    if (command.word[k] != name[k]) return false;
    if (!name[k]) return true;
  }
  return false;
}

static void take_command(void) {
  command.word[command.length] = 0;
  /* Its own words, from a terminal that echoes: an answer would come back, too, for ever. */
  if (command.word[1] == ' ') return;
  if (is_command("!save")) tell_saved();
  else if (is_command("!state")) tell_state();
  else {
    say("! no command: ");
    say(command.word);
    tell("; there are !save and !state");
  }
}

/* --- the line --- */

/* Nothing is looked at that comes before the next line's beginning. */
static bool is_skipping;

static void forget_line(void) {
  line.is_begun = 0;
  command.is_one = command.is_line = false;
}

/* Takes a character of a command, and of a line's beginning. Returns false where it is an example's. */
static bool is_of_command(uint8_t byte) {
  const bool is_end = byte == '\n' || byte == '\r';
  if (!command.is_line && byte == '!') command.is_one = true, command.length = 0;
  command.is_line = !is_end;
  if (!command.is_one) return false;
  if (is_end) {
    command.is_one = false;
    take_command();
  } else if (command.length < COMMAND_SIZE - 1) command.word[command.length++] = (char)byte;
  return true;
}

#if EQPROP_LEARNS
/* A host has begun to speak: it is answered until the board is started anew. Its first frame is whole when it asks again. */
static _Noreturn void serve(void) {
  for (;;) {
    const uint32_t length = line_read(link_input(), link_capacity());
    for (uint32_t from = 0; from < length;) {
      ticks_left = LONGEST_COMPUTATION;
      from = link_feed(from, length, line_has_more());
      ticks_left = IDLE;
      if (stack_overflowed()) report_fault(FAULT_STACK_OVERFLOW, 0);
      line_write(link_output(), link_output_length());
    }
    link_note_stack(stack_used(), STACK_SIZE);
  }
}
#endif

static void take(uint8_t byte) {
#if EQPROP_LEARNS
  /* Frames end so, and no line has it. */
  if (byte == 0) serve();
#endif
  if (is_skipping) {
    is_skipping = byte != '\n' && byte != '\r';
    return;
  }
#if !EQPROP_LEARNS
  /* A host's frame ends so. */
  if (byte == 0) {
    forget_line();
    is_skipping = true;
    tell("! no device that a host trains: it takes lines of features");
    return;
  }
#endif
  if (is_of_command(byte)) return;
  switch (eqprop_line_take(&line, byte)) {
    case EQPROP_LINE_WHOLE: take_example(); break;
    case EQPROP_LINE_BAD: tell_problem(); break;
  }
}

/* Nobody knows which lines the bytes that were lost belonged to. */
static void drop_lines(uint8_t *bytes, uint32_t size) {
  while (line_has_more()) line_read(bytes, size);
  forget_line();
  is_skipping = true;
  tell("! bytes were lost: lines without an answer were not read; wait for the answers");
}

/* --- the beginning --- */

/* Returns 0 or an error. */
static int begin(void) {
  eqprop_begin();
#if SAVES
  return restore();
#else
  return 0;
#endif
}

static void greet(int error) {
  say("! " NAME ", " NETWORK ": ");
#if SAVES
  say_restored(error);
#elif EQPROP_LEARNS
  say("learns, keeps nothing");
#else
  say("predicts");
#endif
  (void)error;
  say(", step ");
  say_number(eqprop_step());
  end_answer();
}

int main(void) {
  const uint32_t cause = cause_of_restart();
  uint32_t lost = 0;
  stack_paint();
  /* Before the line is open: a USB host that is there already hears nothing of what is said before it speaks. */
  const int error = begin();
  uart_open();
  watchdog_start();
  core_start_ticks();
  tell_restart(cause);
  greet(error);
  for (;;) {
    uint8_t bytes[32];
    uint32_t length = line_read(bytes, sizeof bytes);
    ticks_left = LONGEST_COMPUTATION;
    if (line_lost() != lost) {
      lost = line_lost();
      drop_lines(bytes, sizeof bytes);
      length = 0;
    }
    for (uint32_t k = 0; k < length; k++) take(bytes[k]);
    ticks_left = IDLE;
    if (stack_overflowed()) report_fault(FAULT_STACK_OVERFLOW, 0);
  }
}
