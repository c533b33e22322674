/* STM32F4 (RM0090, RM0390): clocks at 168 MHz, USART2 on PA2 (TX) and PA3 (RX), independent watchdog. For boards that
 * say what feeds the PLL: PLL_SOURCE_HSE (1: the crystal, 0: the internal oscillator) and PLL_SOURCE_MHZ. */
#ifndef STM32F4_H
#define STM32F4_H

#include "board.h"

#define RCC 0x40023800u
#define RCC_CR REGISTER(RCC + 0x00)
#define RCC_PLLCFGR REGISTER(RCC + 0x04)
#define RCC_CFGR REGISTER(RCC + 0x08)
#define RCC_AHB1ENR REGISTER(RCC + 0x30)
#define RCC_APB1ENR REGISTER(RCC + 0x40)
#define RCC_CSR REGISTER(RCC + 0x74)
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
/* 1 MHz × 336 / 2; / 7 is USB's 48 MHz; the reserved field as after reset. */
#define RCC_PLLCFGR_168_MHZ (PLL_SOURCE_MHZ | 336u << 6 | 0u << 16 | PLL_SOURCE_HSE << 22 | 7u << 24 | 2u << 28)
#define RCC_CFGR_SW_HSI 0u
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS (3u << 2)
#define RCC_CFGR_PPRE1_4 (5u << 10)
#define RCC_CFGR_PPRE2_2 (4u << 13)
#define RCC_AHB1ENR_GPIOAEN (1u << 0)
#define RCC_APB1ENR_USART2EN (1u << 17)
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_IWDGRSTF (1u << 29)
_Static_assert(CLOCK == 168000000u, "the PLL is set for 168 MHz");
#define PCLK1 (CLOCK / 4)

#define FLASH_ACR REGISTER(0x40023c00)
#define FLASH_ACR_5_WAIT_STATES_PREFETCH_CACHES (5u | 7u << 8)

#define GPIOA 0x40020000u
#define GPIOA_MODER REGISTER(GPIOA + 0x00)
#define GPIOA_PUPDR REGISTER(GPIOA + 0x0c)
#define GPIOA_AFRL REGISTER(GPIOA + 0x20)

#define USART2 0x40004400u
#define USART_SR REGISTER(USART2 + 0x00)
#define USART_DR REGISTER(USART2 + 0x04)
#define USART_BRR REGISTER(USART2 + 0x08)
#define USART_CR1 REGISTER(USART2 + 0x0c)
#define USART_SR_ORE (1u << 3)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TXE (1u << 7)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_TXEIE (1u << 7)
#define USART_CR1_UE (1u << 13)
#define RECEIVING (USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE)
/* Sixteenths of a bit, with four fractional bits: clocks of a bit. */
#define BAUD_DIVISOR ((PCLK1 + UART_BAUD / 2) / UART_BAUD)
_Static_assert(BAUD_DIVISOR >= 16 && BAUD_DIVISOR <= 0xffff, "the USART cannot run at this baud rate");
REQUIRE_BAUD(PCLK1 / BAUD_DIVISOR);

#define USART2_IRQ 38u
#define NVIC_ISER REGISTER(0xe000e100u + USART2_IRQ / 32 * 4)
#define NVIC_ISPR REGISTER(0xe000e200u + USART2_IRQ / 32 * 4)
#define USART2_IRQ_BIT (1u << USART2_IRQ % 32)

#define IWDG 0x40003000u
#define IWDG_KR REGISTER(IWDG + 0x00)
#define IWDG_PR REGISTER(IWDG + 0x04)
#define IWDG_RLR REGISTER(IWDG + 0x08)
#define IWDG_KR_START 0xccccu
#define IWDG_KR_UNLOCK 0x5555u
#define IWDG_KR_RELOAD 0xaaaau
/* 8 s of the 32 kHz oscillator, which may be off by half. */
#define IWDG_PR_64 4u
#define IWDG_RLR_8_S 4000u

/* Waits until bits of a register are as wanted. Emulators have no RCC and read zeros: what the chip does within
 * milliseconds is not waited for much longer, so that one image runs on both. */
static void await(volatile uint32_t *from, uint32_t bits, uint32_t wanted) {
  for (uint32_t left = 100000; left > 0 && (*from & bits) != wanted; left--) continue;
}

static void clocks_open(void) {
  /* A boot loader may have left the PLL on, which cannot be set while it runs. */
  RCC_CR |= RCC_CR_HSION;
  await(&RCC_CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY);
  RCC_CFGR = RCC_CFGR_SW_HSI;
  await(&RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_HSI << 2);
  RCC_CR &= ~RCC_CR_PLLON;
  await(&RCC_CR, RCC_CR_PLLRDY, 0);
  if (PLL_SOURCE_HSE) {
    RCC_CR |= RCC_CR_HSEON;
    await(&RCC_CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
  }
  RCC_PLLCFGR = RCC_PLLCFGR_168_MHZ;
  RCC_CR |= RCC_CR_PLLON;
  FLASH_ACR = FLASH_ACR_5_WAIT_STATES_PREFETCH_CACHES;
  await(&RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
  RCC_CFGR = RCC_CFGR_SW_PLL | RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2;
  await(&RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_PLL << 2);
}

void uart_open(void) {
  clocks_open();
  RCC_AHB1ENR |= RCC_AHB1ENR_GPIOAEN;
  RCC_APB1ENR |= RCC_APB1ENR_USART2EN;
  /* A clock that is enabled takes two cycles to come. */
  (void)RCC_APB1ENR;
  /* Alternate function 7 of PA2 and PA3; a receiver that nobody drives is pulled up, and idle. */
  GPIOA_AFRL = (GPIOA_AFRL & ~0xff00u) | 0x7700u;
  GPIOA_PUPDR = (GPIOA_PUPDR & ~0xc0u) | 0x40u;
  GPIOA_MODER = (GPIOA_MODER & ~0xf0u) | 0xa0u;
  USART_BRR = BAUD_DIVISOR;
  USART_CR1 = RECEIVING;
  NVIC_ISER = USART2_IRQ_BIT;
}

/* Emulators do not raise the interrupt of an empty transmitter: it is pended, and again by the interrupt itself. */
void uart_send(void) { NVIC_ISPR = USART2_IRQ_BIT; }

void uart_interrupt(void) {
  const uint32_t status = USART_SR;
  if (status & (USART_SR_RXNE | USART_SR_ORE)) {
    /* Read in any case: that ends an overrun. */
    const uint8_t byte = (uint8_t)USART_DR;
    if (status & USART_SR_RXNE) line_receive(byte);
  }
  while (USART_SR & USART_SR_TXE) {
    int byte = line_next();
    if (byte < 0) {
      USART_CR1 = RECEIVING;
      return;
    }
    USART_DR = (uint32_t)byte;
  }
  USART_CR1 = RECEIVING | USART_CR1_TXEIE;
}

void watchdog_start(void) {
  IWDG_KR = IWDG_KR_START;
  IWDG_KR = IWDG_KR_UNLOCK;
  IWDG_PR = IWDG_PR_64;
  IWDG_RLR = IWDG_RLR_8_S;
  IWDG_KR = IWDG_KR_RELOAD;
}

void watchdog_feed(void) { IWDG_KR = IWDG_KR_RELOAD; }

bool watchdog_fired(void) {
  const bool fired = RCC_CSR & RCC_CSR_IWDGRSTF;
  RCC_CSR |= RCC_CSR_RMVF;
  return fired;
}

#endif
