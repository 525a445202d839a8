import { mount } from 'svelte'
import App from './App.svelte'
import './styles/tokens.css'
import './styles/page.css'

const target = document.querySelector('#app')
if (target !== null) mount(App, { target })
