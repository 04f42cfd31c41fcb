/*
 * A card reader with a PIN pad, as a PKCS#11 module: it passes everything on to SoftHSM, which checks the PIN and signs.
 * The folder $CARD_READER says what the person does: `card` holds the label of the token that is in the reader (none:
 * nothing is), `pin` what is keyed on the pad whenever a session is opened. So the browser has no PIN to ask for,
 * which it would do in a window that nobody can reach without a screen. Pulling a card ends its sessions and its login.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define CRYPTOKI_GNU 1
#include <p11-kit/pkcs11.h>

#define READER 1 /* the one slot that browsers see, whichever card is in it */

static struct ck_function_list ours, *softhsm;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char seated[33]; /* label of the token that was last seen in the reader */
static ck_slot_id_t slot;

/* The first line of a file of the reader's folder; empty where there is none. */
static void read_line(const char *name, char *line, int size) {
  char path[4096];
  const char *folder = getenv("CARD_READER");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
  FILE *file = fopen(path, "r");
  if (!file || !fgets(line, size, file)) line[0] = 0;
  if (file) fclose(file);
  line[strcspn(line, "\r\n")] = 0;
}

static int is_labelled(ck_slot_id_t each, const char *label) {
  struct ck_token_info info;
  size_t length = strlen(label);
  return softhsm->C_GetTokenInfo(each, &info) == CKR_OK && !memcmp(info.label, label, length) &&
         (length == sizeof info.label || info.label[length] == ' ');
}

/* Whether a card is in the reader; notices whether it is another one than before. */
static int has_card(void) {
  char label[33];
  ck_slot_id_t slots[16];
  unsigned long count = 16;
  pthread_mutex_lock(&lock);
  read_line("card", label, sizeof label);
  if (strcmp(label, seated)) {
    if (seated[0]) softhsm->C_CloseAllSessions(slot);
    seated[0] = 0;
    if (label[0] && softhsm->C_GetSlotList(1, slots, &count) == CKR_OK)
      for (unsigned long i = 0; i < count; i++)
        if (is_labelled(slots[i], label)) {
          strcpy(seated, label);
          slot = slots[i];
        }
  }
  int is_in = seated[0] != 0;
  pthread_mutex_unlock(&lock);
  return is_in;
}

static ck_rv_t get_slot_list(unsigned char with_token, ck_slot_id_t *list, unsigned long *count) {
  unsigned long have = !with_token || has_card() ? 1 : 0;
  if (list && *count < have) return CKR_BUFFER_TOO_SMALL;
  if (list && have) list[0] = READER;
  *count = have;
  return CKR_OK;
}

static ck_rv_t get_slot_info(ck_slot_id_t id, struct ck_slot_info *info) {
  if (id != READER) return CKR_SLOT_ID_INVALID;
  memset(info, 0, sizeof *info);
  memset(info->slot_description, ' ', sizeof info->slot_description);
  memcpy(info->slot_description, "Reader", 6);
  memset(info->manufacturer_id, ' ', sizeof info->manufacturer_id);
  info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (has_card() ? CKF_TOKEN_PRESENT : 0);
  return CKR_OK;
}

static ck_rv_t get_token_info(ck_slot_id_t id, struct ck_token_info *info) {
  if (id != READER || !has_card()) return CKR_TOKEN_NOT_PRESENT;
  ck_rv_t answer = softhsm->C_GetTokenInfo(slot, info);
  info->flags &= ~CKF_LOGIN_REQUIRED;
  return answer;
}

static ck_rv_t get_mechanism_list(ck_slot_id_t id, ck_mechanism_type_t *list, unsigned long *count) {
  return id == READER && has_card() ? softhsm->C_GetMechanismList(slot, list, count) : CKR_TOKEN_NOT_PRESENT;
}

static ck_rv_t get_mechanism_info(ck_slot_id_t id, ck_mechanism_type_t type, struct ck_mechanism_info *info) {
  return id == READER && has_card() ? softhsm->C_GetMechanismInfo(slot, type, info) : CKR_TOKEN_NOT_PRESENT;
}

static ck_rv_t open_session(ck_slot_id_t id, ck_flags_t flags, void *given, ck_notify_t notify,
                            ck_session_handle_t *session) {
  struct ck_session_info info;
  char pin[64];
  if (id != READER || !has_card()) return CKR_TOKEN_NOT_PRESENT;
  ck_rv_t answer = softhsm->C_OpenSession(slot, flags, given, notify, session);
  if (answer != CKR_OK || softhsm->C_GetSessionInfo(*session, &info) != CKR_OK) return answer;
  if (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS) return answer;
  read_line("pin", pin, sizeof pin);
  /* A wrong PIN leaves a session that sees no key. */
  if (pin[0]) softhsm->C_Login(*session, CKU_USER, (unsigned char *)pin, strlen(pin));
  return answer;
}

static ck_rv_t close_all_sessions(ck_slot_id_t id) {
  return id == READER && has_card() ? softhsm->C_CloseAllSessions(slot) : CKR_TOKEN_NOT_PRESENT;
}

static ck_rv_t get_session_info(ck_session_handle_t session, struct ck_session_info *info) {
  if (!has_card()) return CKR_DEVICE_REMOVED;
  ck_rv_t answer = softhsm->C_GetSessionInfo(session, info);
  info->slot_id = READER;
  return answer;
}

static ck_rv_t sign_init(ck_session_handle_t session, struct ck_mechanism *mechanism, ck_object_handle_t key) {
  return has_card() ? softhsm->C_SignInit(session, mechanism, key) : CKR_DEVICE_REMOVED;
}

ck_rv_t C_GetFunctionList(struct ck_function_list **list) {
  if (!softhsm) {
    const char *module = getenv("CARD_READER_MODULE");
    void *library = module ? dlopen(module, RTLD_NOW) : NULL;
    ck_rv_t (*get)(struct ck_function_list **) = library ? dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&softhsm) != CKR_OK) return CKR_GENERAL_ERROR;
    ours = *softhsm;
    ours.C_GetFunctionList = C_GetFunctionList;
    ours.C_GetSlotList = get_slot_list;
    ours.C_GetSlotInfo = get_slot_info;
    ours.C_GetTokenInfo = get_token_info;
    ours.C_GetMechanismList = get_mechanism_list;
    ours.C_GetMechanismInfo = get_mechanism_info;
    ours.C_OpenSession = open_session;
    ours.C_CloseAllSessions = close_all_sessions;
    ours.C_GetSessionInfo = get_session_info;
    ours.C_SignInit = sign_init;
  }
  *list = &ours;
  return CKR_OK;
}
