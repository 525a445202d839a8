import { mount } from 'svelte'
import App from './App.svelte'
import './styles/tokens.css'
import './styles/page.css'

const target = document.querySelector('#app')
if (target !== null) mount(App, { target })

// A page that is left ends what it runs; the browser may bring it back as it was, without that.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})
