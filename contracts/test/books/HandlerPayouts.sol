// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {HandlerEpochs} from "./HandlerEpochs.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

/// Takes leaves out, in every way there is, and again after they are out.
abstract contract HandlerPayouts is HandlerEpochs {
    using Reader for IEscrow;

    bytes[] private _spent; // the calls of cash-outs that succeeded

    /// A leaf that is due is paid if its account can be paid; any other is not.
    function claim(uint256 seed) external watched {
        (bool isFound, IEscrow.ProvenLeaf memory proven) = _anyLeaf(seed);
        if (isFound) _claim(proven);
    }

    function _claim(IEscrow.ProvenLeaf memory proven) internal {
        (address token, address account) = (_plays[proven.jobId].opening.token, proven.leaf.account);
        bool isDue = _isDue(proven) && _takes(token, account);
        bytes memory data = abi.encodeCall(IEscrow.claim, (proven));
        _arm(token, data);
        bool isDone = _call(RELAYER, 0, data);
        _note(isDone, "claim");
        _rule(4, isDone == isDue, "a claim succeeds if and only if it is due");
        if (!isDone) return;
        _arrive(token, account, proven.leaf.amount);
        _paid(_listOf(proven));
    }

    function claimMany(uint256 seed) external watched {
        IEscrow.ProvenLeaf[] memory leaves = new IEscrow.ProvenLeaf[](1 + _roll(seed, 1, 4));
        bool isAllFinal = true;
        for (uint256 i = 0; i < leaves.length; ++i) {
            (bool isFound, IEscrow.ProvenLeaf memory proven) = _anyLeaf(_roll(seed, 2 + i, type(uint256).max));
            if (!isFound) return;
            isAllFinal = isAllFinal && _isFinal(proven.jobId, proven.epoch);
            leaves[i] = proven;
        }
        uint256[] memory amounts = new uint256[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (_isDue(leaves[i]) && !_isRepeated(leaves, i)) amounts[i] = leaves[i].leaf.amount;
        }
        bool isHostile = _plays[leaves[0].jobId].opening.token == address(HOSTILE);
        if (isHostile && amounts[0] > 0) HOSTILE.arm(abi.encodeCall(IEscrow.claim, (leaves[0])));
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.claimMany, (leaves)));
        _note(isDone, "claimMany");
        _rule(12, isDone == isAllFinal, "final leaves are paid together, whoever refuses");
        if (!isDone) return;
        for (uint256 i = 0; i < leaves.length; ++i) {
            _arriveOrCredit(_plays[leaves[i].jobId].opening.token, leaves[i].leaf.account, amounts[i]);
        }
        _paid(leaves);
    }

    /// Of an account that has a credit, if there is one.
    function claimCredit(uint256 seed) external watched {
        uint256 first = _roll(seed, 1, 3 * accounts.length);
        (address token, address account) = (tokens[first % 3], accounts[first / 3]);
        for (uint256 i = 0; i < 3 * accounts.length && credit[token][account] == 0; ++i) {
            uint256 next = (first + i) % (3 * accounts.length);
            (token, account) = (tokens[next % 3], accounts[next / 3]);
        }
        _creditOut(token, account);
    }

    function _creditOut(address token, address account) internal {
        uint256 amount = credit[token][account];
        bytes memory data = abi.encodeCall(IEscrow.claimCredit, (token, account));
        bool isDone = _call(RELAYER, 0, data);
        if (amount > 0) _note(isDone, "claimCredit");
        _rule(4, isDone == (amount == 0 || _takes(token, account)), "a credit is paid if it can be");
        if (!isDone) return;
        credit[token][account] = 0;
        _arrive(token, account, amount);
    }

    /// One order, whole; or again, to another address, or with a fee that was not signed.
    function cashout(uint256 seed) external watched {
        uint256 kind = _roll(seed, 1, 8);
        if (kind == 0 && _spent.length > 0) {
            bool isAgain = _call(RELAYER, 0, _spent[_roll(seed, 2, _spent.length)]);
            _rule(11, !isAgain, "a nonce was used twice");
            return;
        }
        address token = tokens[_roll(seed, 3, 3)];
        IEscrow.CashoutCall memory call = _order(seed, token);
        if (kind == 1) call.cashout.to = RELAYER;
        if (kind == 2) call.fee = call.cashout.maxFee + 1;
        if (kind == 3) call.cashout.deadline = block.timestamp;
        bytes memory data = abi.encodeCall(IEscrow.cashout, (call));
        _arm(token, data);
        (uint256 sum,) = _due(call.leaves);
        sum += credit[token][call.cashout.account];
        bool isDone = _call(RELAYER, 0, data);
        _note(isDone, "cashout");
        _rule(11, !isDone || kind > 3 || kind == 0, "a cash-out otherwise than signed");
        if (isDone) {
            _cashed(call, sum);
            _arrive(token, PURSE, sum - call.fee);
            _arrive(token, RELAYER, call.fee);
        }
    }

    function cashoutMany(uint256 seed) external watched {
        address token = tokens[_roll(seed, 3, 3)];
        IEscrow.CashoutCall[] memory calls = new IEscrow.CashoutCall[](1 + _roll(seed, 4, 3));
        uint256[] memory sums = new uint256[](calls.length);
        uint256 first = _roll(seed, 5, KEYS);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = _orderOf(accounts[(first + i) % KEYS], _roll(seed, 6 + i, type(uint256).max), token);
            (sums[i],) = _due(calls[i].leaves);
            sums[i] += credit[token][calls[i].cashout.account];
        }
        if (_roll(seed, 20, 6) == 0) calls[calls.length - 1].cashout.to = RELAYER;
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.cashoutMany, (calls)));
        _note(isDone, "cashoutMany");
        if (!isDone) return;
        (uint256 out, uint256 fees) = (0, 0);
        for (uint256 i = 0; i < calls.length; ++i) {
            _rule(11, calls[i].cashout.to == PURSE, "a cash-out otherwise than signed");
            _cashed(calls[i], sums[i]);
            fees += calls[i].fee;
            out += sums[i] - calls[i].fee;
        }
        _arrive(token, PURSE, out);
        _arrive(token, RELAYER, fees);
    }

    /// Only emitted: it must change nothing, and needs a final leaf.
    function feedback(uint256 seed) external watched {
        (bool isFound, IEscrow.ProvenLeaf memory proven) = _anyLeaf(seed);
        if (!isFound) return;
        IEscrow.Opening memory opening = _plays[proven.jobId].opening;
        uint256 kind = _roll(seed, 1, 3);
        address from = kind == 0 ? RELAYER : kind == 1 ? opening.publisher : proven.leaf.account;
        bool isDone = _call(from, 0, abi.encodeCall(IEscrow.feedback, (opening, proven, 5, "evidence")));
        _note(isDone, "feedback");
        bool isAllowed = kind > 0 && _isFinal(proven.jobId, proven.epoch);
        _rule(16, isDone == isAllowed, "feedback without a final leaf, or by a stranger");
    }

    function _order(uint256 seed, address token) private view returns (IEscrow.CashoutCall memory) {
        return _orderOf(accounts[_roll(seed, 6, KEYS)], seed, token);
    }

    function _orderOf(address account, uint256 seed, address token)
        private
        view
        returns (IEscrow.CashoutCall memory call)
    {
        call.leaves = _leavesFor(account, token, seed);
        (uint256 sum,) = _due(call.leaves);
        IEscrow.Cashout memory order = call.cashout;
        (order.account, order.to, order.token) = (account, PURSE, token);
        (order.maxFee, order.minOut) = (sum / 10, sum / 2);
        (order.nonce, order.deadline) = (seed, block.timestamp + 1 days);
        call.fee = _roll(seed, 7, order.maxFee + 1);
        call.signature = _sign(_keyOf(account), Signing.hash(order));
    }

    function _cashed(IEscrow.CashoutCall memory call, uint256 sum) private {
        IEscrow.Cashout memory order = call.cashout;
        _rule(9, call.fee <= order.maxFee, "a relayer kept more than was signed");
        _rule(9, sum >= order.minOut + call.fee, "a cash-out paid less than was signed");
        credit[order.token][order.account] = 0;
        _paid(call.leaves);
        _spent.push(abi.encodeCall(IEscrow.cashout, (call)));
    }

    /// What the hostile token and the grasping payee try while they are paid.
    function _arm(address token, bytes memory data) private {
        if (token == address(HOSTILE)) HOSTILE.arm(data);
        else GRASPER.arm(data);
    }

    function _listOf(IEscrow.ProvenLeaf memory proven) internal pure returns (IEscrow.ProvenLeaf[] memory list) {
        list = new IEscrow.ProvenLeaf[](1);
        list[0] = proven;
    }
}
